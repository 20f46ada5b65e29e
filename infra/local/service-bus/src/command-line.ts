import { type ParseArgsConfig, parseArgs, types } from 'node:util';
import type { z } from 'zod';

/** A mistake in the command line; the message names the option. */
export class UsageError extends Error {}

/**
 * Reads the options of a command line and checks their values, which are texts or booleans. Throws a UsageError for what is unknown or
 * impossible; arguments that are no options are unknown.
 */
export function readCommandLine<T>(
  args: readonly string[],
  options: NonNullable<ParseArgsConfig['options']>,
  schema: z.ZodType<T>,
): T {
  const read = schema.safeParse(valuesOf(args, options));
  if (read.success) return read.data;
  throw new UsageError(read.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('; '));
}

function valuesOf(args: readonly string[], options: NonNullable<ParseArgsConfig['options']>): unknown {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(types.isNativeError(error) ? error.message : String(error), { cause: error });
  }
}
