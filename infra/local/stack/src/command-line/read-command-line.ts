import { parseArgs } from 'node:util';
import type { Command, CommandLine, Flags } from './command';

/** A command line that can't be followed, in words for the person who typed it. */
export class UsageError extends Error {}

/**
 * Reads a command line by the command's table.
 *
 * @param args without the script's name
 * @throws UsageError for an unknown flag, a flag without its value, a value for a switch, or an argument too many
 */
export function readCommandLine<F extends Flags>(
  { flags, argument }: Command<F>,
  args: readonly string[],
): CommandLine<F> {
  const { tokens } = parseArgs({
    args: [...args],
    options: flags,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const known = new Map(Object.entries(flags));
  let room = argument === undefined ? 0 : 1;
  for (const token of tokens) {
    if (token.kind === 'positional' && --room < 0) throw new UsageError(`Unexpected argument: ${token.value}`);
    if (token.kind !== 'option') continue;
    const flag = known.get(token.name);
    if (flag === undefined) throw new UsageError(`Unknown flag: ${token.rawName}`);
    if (flag.type === 'boolean' && token.value !== undefined) throw new UsageError(`${token.rawName} takes no value`);
    if (flag.type === 'string' && !hasValue(token))
      throw new UsageError(`${token.rawName} needs a value: ${flag.value}`);
  }
  const { values, positionals } = parseArgs({ args: [...args], options: flags, allowPositionals: true });
  return { flags: values, argument: positionals[0] ?? argument?.default ?? '' };
}

/** A value that looks like the next flag was forgotten; one that begins with a dash is given as `--flag=-value`. */
function hasValue({ value, inlineValue }: { value: string | undefined; inlineValue: boolean | undefined }): boolean {
  return value !== undefined && value !== '' && (inlineValue === true || !value.startsWith('-'));
}
