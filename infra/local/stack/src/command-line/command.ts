import type { parseArgs } from 'node:util';

/** A flag of a command: what `parseArgs` takes of it, and what `--help` shows. */
interface Flag {
  readonly type: 'boolean' | 'string';
  /** What stands for the value of a string in the help, such as `DIR`. */
  readonly value?: string;
  readonly default?: boolean | string;
  readonly help: string;
}

/** The flags of a command, by name without the dashes. */
export type Flags = Readonly<Record<string, Flag>>;

/** What a command takes, in one table: the command line is checked, read and explained by it. */
export interface Command<F extends Flags = Flags> {
  /** How it is typed, such as `npm run buy`. */
  readonly name: string;
  /** What it does, in one or two sentences. */
  readonly summary: string;
  readonly flags: F;
  /** The one argument that is not a flag, if it takes one. */
  readonly argument?: { readonly value: string; readonly default: string; readonly help: string };
}

/** A command line that was read: flags by name, each with its default unless given. */
export interface CommandLine<F extends Flags> {
  readonly flags: ReturnType<typeof parseArgs<{ options: F }>>['values'];
  /** The argument that is not a flag, or its default; empty for a command that takes none. */
  readonly argument: string;
}
