import type { Paint } from '#text/paint';
import { shortId } from '#text/short-ids';

/** What the demo reads of an event. */
interface DemoEvent {
  readonly type: string;
  readonly subject: string;
  readonly sequence: string;
}

/** The events of one purchase. */
export interface EventColumn {
  readonly title: string;
  /** Events about another subject than this one show theirs. */
  readonly subject: string;
  readonly events: readonly DemoEvent[];
}

const COLUMN_WIDTH = 50;
const TYPE_WIDTH = 32;

/**
 * The events of each purchase side by side, by their sequence.
 * @throws an Error when a sequence does not go 1, 2, 3, ...
 */
export function eventTable(columns: readonly EventColumn[], paint: Paint): string[] {
  const sorted = columns.map((column) => ({ ...column, events: inSequence(column) }));
  const heading = `   #  ${columns.map(({ title }) => title.padEnd(COLUMN_WIDTH)).join('')}`.trimEnd();
  const rows = Math.max(...sorted.map(({ events }) => events.length));
  return [
    paint('dim', heading),
    ...Array.from({ length: rows }, (_, row) => {
      const cells = sorted.map(({ subject, events }) => cell(events[row], subject, paint));
      return `${`${row + 1}`.padStart(4)}  ${cells.join('')}`.trimEnd();
    }),
  ];
}

function inSequence({ title, events }: EventColumn): DemoEvent[] {
  const sorted = events.toSorted((a, b) => a.sequence.localeCompare(b.sequence));
  for (const [index, { sequence, type }] of sorted.entries()) {
    if (Number(sequence) !== index + 1)
      throw new Error(`${title}: event ${type} is number ${sequence}, not ${index + 1}`);
  }
  return sorted;
}

function cell(event: DemoEvent | undefined, subject: string, paint: Paint): string {
  if (event === undefined) return ' '.repeat(COLUMN_WIDTH);
  if (event.subject === subject) return event.type.padEnd(COLUMN_WIDTH);
  const about = shortId(event.subject);
  return `${event.type.padEnd(TYPE_WIDTH)}${paint('dim', about)}${' '.repeat(COLUMN_WIDTH - TYPE_WIDTH - about.length)}`;
}
