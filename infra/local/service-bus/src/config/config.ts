import { types } from 'node:util';
import { ZodError, z } from 'zod';
import type { Definition } from '#definitions/definition';
import { parseEmulatorConfig } from './emulator-config';
import { parseTopology } from './topology';

/** A text, or a comment to leave out (the emulator's sample file has them). */
const TEXT_OR_COMMENT = /("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g;

const emulatorShape = z.looseObject({ UserConfig: z.unknown() });

/**
 * Reads the text of a configuration: a topology (topology.ts), or a Config.json of the official emulator; comments are allowed in
 * both. Throws an Error that names the path of every unknown key and impossible value.
 */
export function parseConfig(text: string): Definition[] {
  const json = parseJson(text.replace(TEXT_OR_COMMENT, (_, kept: string | undefined) => kept ?? ''));
  try {
    return emulatorShape.safeParse(json).success ? parseEmulatorConfig(json) : parseTopology(json);
  } catch (error) {
    if (error instanceof ZodError) throw new Error(error.issues.map(explain).join('\n'), { cause: error });
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`Invalid configuration: ${types.isNativeError(error) ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function explain(issue: z.core.$ZodIssue): string {
  const { path } = issue;
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return `Invalid configuration: ${path.length === 0 ? '(top level)' : path.join('.')}: ${message}`;
}
