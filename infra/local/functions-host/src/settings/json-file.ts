import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { errorMessage } from '#log/describe-error';

/** Reads a file that holds a JSON object; throws with the name of the file when it does not. */
export function readJsonObject(file: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} cannot be read as JSON: ${errorMessage(error)}`, { cause: error });
  }
  const parsed = z.record(z.string(), z.unknown()).safeParse(content);
  if (!parsed.success) throw new Error(`${file} must hold a JSON object`);
  return parsed.data;
}
