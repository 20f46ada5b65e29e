import type { EntityCounts } from '#instruments';
import type { Paint } from '#text/paint';

const COLUMNS = ['sent', 'scheduled', 'delivered', 'completed', 'dead-lettered'] as const;

/** One row for each entity of the broker that a message went through. */
export function countTable(counts: ReadonlyMap<string, EntityCounts>, paint: Paint): string[] {
  const rows = [...counts]
    .filter(([, { sent, scheduledSends }]) => sent + scheduledSends > 0)
    .map(([entity, { sent, scheduledSends, delivered, completed, deadLettered }]) =>
      row(entity.replace('/Subscriptions/', ' > '), [sent, scheduledSends, delivered, completed, deadLettered]),
    );
  return [paint('bold', row('', COLUMNS)), ...rows];
}

function row(entity: string, cells: readonly (string | number)[]): string {
  const padded = cells.map((cell, index) => `${cell}`.padStart((COLUMNS[index]?.length ?? 0) + 3));
  return `${entity.padEnd(24)}${padded.join('')}`;
}
