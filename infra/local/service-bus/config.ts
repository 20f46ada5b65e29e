import { ZodError, z } from 'zod';
import { AmqpError } from './amqp/amqp-error';
import { parseEmulatorConfig } from './emulator-config';
import type { Description } from './entities';
import { Rules } from './rules';
import { parseTopology } from './topology';

/** A text, or a comment to leave out (the emulator's sample file has them). */
const TEXT_OR_COMMENT = /("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g;

const emulatorShape = z.looseObject({ UserConfig: z.unknown() });

/**
 * Reads the text of a configuration: a topology like shared/topology.json, or a Config.json of the official emulator; comments are
 * allowed in both. Throws an Error that names the path of every unknown key and impossible value.
 */
export function parseConfig(text: string): Description[] {
  return readConfig(JSON.parse(text.replace(TEXT_OR_COMMENT, (_, kept: string | undefined) => kept ?? '')));
}

/** Reads a configuration that is parsed already. */
export function readConfig(json: unknown): Description[] {
  try {
    const descriptions = emulatorShape.safeParse(json).success ? parseEmulatorConfig(json) : parseTopology(json);
    for (const description of descriptions) check(description, descriptions);
    return descriptions;
  } catch (error) {
    if (error instanceof ZodError) throw new Error(error.issues.map(explain).join('\n'), { cause: error });
    throw error;
  }
}

function explain({ path, message }: z.core.$ZodIssue): string {
  return `configuration: ${path.length === 0 ? '(top level)' : path.join('.')}: ${message}`;
}

/** What only shows when the whole file is known: forwarding to nowhere, and rules that can't be understood. */
function check(description: Description, all: readonly Description[]): void {
  const place = description.kind === 'subscription' ? `${description.topic}.${description.name}` : description.name;
  for (const key of ['forwardTo', 'forwardDeadLetteredMessagesTo'] as const) {
    const target = description.settings[key]?.toLowerCase();
    const known = all.some(({ kind, name }) => kind !== 'subscription' && name.toLowerCase() === target);
    if (target !== undefined && !known)
      throw new Error(`configuration: ${place}.${key}: there is no queue or topic '${target}'`);
  }
  if (description.kind !== 'subscription') return;
  for (const rule of description.rules) {
    try {
      void new Rules([rule]);
    } catch (error) {
      if (error instanceof AmqpError)
        throw new Error(`configuration: ${place}.rules.${rule.name}: ${error.description}`, { cause: error });
      throw error;
    }
  }
}
