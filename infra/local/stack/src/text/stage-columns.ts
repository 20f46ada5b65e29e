import type { Paint, Style } from './paint';
import { shortIds } from './short-ids';

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

/** The heading above the columns of `stageColumns`. */
export const STAGE_HEADING = `${'stage'.padEnd(13)} ${'outcome'.padEnd(11)} ${'ms'.padStart(8)}  `;

/** Stage, outcome and milliseconds, aligned; the note comes behind them. */
export function stageColumns({ stage, attempt, outcome, milliseconds }: StageStep, paint: Paint): string {
  const name = attempt > 1 ? `${stage} #${attempt}` : stage;
  const style = STYLES.get(outcome);
  const shown = outcome.padEnd(11);
  return `${name.padEnd(13)} ${style === undefined ? shown : paint(style, shown)} ${milliseconds.toFixed(1).padStart(8)}  `;
}

/** What was decided, with its ids shortened. */
export function stageNote({ note }: StageStep): string {
  return shortIds(note);
}
