import { messageOf } from '#text/message-of';
import type { Command, CommandLine, Flags } from './command';
import { helpOf, usageOf } from './help';
import { readCommandLine, UsageError } from './read-command-line';

/**
 * Runs a command with this process's command line. `--help` is answered here; what goes wrong is one plain line on stderr,
 * followed by the usage if that was the mistake, and exit code 1.
 */
export function runCommand<F extends Flags>(command: Command<F>, main: (line: CommandLine<F>) => Promise<void>): void {
  run(command, main).catch((error: unknown) => {
    process.stderr.write(`${explain(error)}\n`);
    if (error instanceof UsageError) process.stderr.write(`${usageOf(command)}\nHelp:  ${command.name} -- --help\n`);
    process.exit(1);
  });
}

async function run<F extends Flags>(command: Command<F>, main: (line: CommandLine<F>) => Promise<void>): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) process.stdout.write(helpOf(command));
  else await main(readCommandLine(command, args));
}

/** The message alone; the whole stack only for a mistake in the program itself. */
function explain(error: unknown): string {
  const isMistake = error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
  return isMistake ? (error.stack ?? error.message) : messageOf(error);
}
