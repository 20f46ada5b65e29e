import { plainPaint, type Paint, type Style } from './paint';
import { shortIds } from './short-ids';
import { wrap } from './wrap';

/** What a stage did with a purchase, as its log line and its history entry have it. */
export interface StageStep {
  readonly stage: string;
  /** How many messages that stage has had for this purchase, from 1. */
  readonly attempt: number;
  readonly outcome: string;
  readonly milliseconds: number;
  readonly note: string;
}

/** Outcomes that a person looks for; the others are everyday. */
const STYLES = new Map<string, Style>([
  ['complete', 'green'],
  ['resume', 'green'],
  ['reject', 'red'],
  ['hold', 'red'],
  ['mark-failed', 'red'],
  ['cancel', 'yellow'],
  ['retry', 'dim'],
  ['intent', 'dim'],
]);

/** The heading above the lines of `stageLines`. */
export const STAGE_HEADING = `${'stage'.padEnd(13)} ${'outcome'.padEnd(11)} ${'time'.padStart(10)}  what was decided`;

/** No line of a report is longer. */
const REPORT_WIDTH = 110;

/** Stage, outcome and milliseconds in columns; the note comes behind them. */
export function stageColumns({ stage, attempt, outcome, milliseconds }: StageStep, paint: Paint): string {
  const name = attempt > 1 ? `${stage} #${attempt}` : stage;
  const style = STYLES.get(outcome);
  const shown = outcome.padEnd(11);
  const time = `${milliseconds.toFixed(1)} ms`;
  return `${name.padEnd(13)} ${style === undefined ? shown : paint(style, shown)} ${time.padStart(10)}  `;
}

/** What was decided, with its ids shortened. */
export function stageNote({ note }: StageStep): string {
  return shortIds(note);
}

/** A step in columns behind a prefix; a long note goes on below itself. */
export function stageLines(step: StageStep, paint: Paint, prefix = ''): string[] {
  const column = prefix.length + stageColumns(step, plainPaint).length;
  const [first = '', ...others] = wrap(stageNote(step), REPORT_WIDTH - column);
  return [`${prefix}${stageColumns(step, paint)}${first}`, ...others.map((line) => ' '.repeat(column) + line)];
}
