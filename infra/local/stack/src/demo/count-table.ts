import type { EntityCounts } from '#instruments';
import { plainPaint, type Paint } from '#text/paint';

const COLUMNS = ['sent', 'scheduled', 'delivered', 'completed', 'dead-lettered'] as const;

/** One row for each entity of the broker that a message went through; a dash stands for none. */
export function countTable(counts: ReadonlyMap<string, EntityCounts>, paint: Paint): string[] {
  const rows = [...counts]
    .filter(([, { sent, scheduledSends }]) => sent + scheduledSends > 0)
    .map(([entity, { sent, scheduledSends, delivered, completed, deadLettered }]) => {
      const cells = [sent, scheduledSends, delivered, completed, deadLettered];
      return row(entity.replace('/Subscriptions/', ' > '), cells, paint);
    });
  return [paint('dim', row('', COLUMNS, plainPaint)), ...rows];
}

function row(entity: string, cells: readonly (string | number)[], paint: Paint): string {
  const padded = cells.map((cell, index) => {
    const width = (COLUMNS[index]?.length ?? 0) + 3;
    return cell === 0 ? paint('dim', '-'.padStart(width)) : `${cell}`.padStart(width);
  });
  return `     ${entity.padEnd(24)}${padded.join('')}`;
}
