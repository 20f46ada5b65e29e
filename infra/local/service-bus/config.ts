import { ZodError, z } from 'zod';
import { AmqpError } from './amqp/amqp-error';
import { parseEmulatorConfig } from './emulator-config';
import type { Definition } from './entities';
import { Rules } from './rules';
import { parseTopology } from './topology';

/** A text, or a comment to leave out (the emulator's sample file has them). */
const TEXT_OR_COMMENT = /("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g;

const emulatorShape = z.looseObject({ UserConfig: z.unknown() });

/**
 * Reads the text of a configuration: a topology like shared/topology.json, or a Config.json of the official emulator; comments are
 * allowed in both. Throws an Error that names the path of every unknown key and impossible value.
 */
export function parseConfig(text: string): Definition[] {
  return readConfig(JSON.parse(text.replace(TEXT_OR_COMMENT, (_, kept: string | undefined) => kept ?? '')));
}

/** Reads a configuration that is parsed already. */
export function readConfig(json: unknown): Definition[] {
  try {
    const definitions = emulatorShape.safeParse(json).success ? parseEmulatorConfig(json) : parseTopology(json);
    for (const definition of definitions) check(definition, definitions);
    return definitions;
  } catch (error) {
    if (error instanceof ZodError) throw new Error(error.issues.map(explain).join('\n'), { cause: error });
    throw error;
  }
}

function explain({ path, message }: z.core.$ZodIssue): string {
  return `configuration: ${path.length === 0 ? '(top level)' : path.join('.')}: ${message}`;
}

/** What only shows when the whole file is known: forwarding to nowhere, and rules that can't be understood. */
function check(definition: Definition, all: readonly Definition[]): void {
  const place = definition.kind === 'subscription' ? `${definition.topic}.${definition.name}` : definition.name;
  for (const key of ['forwardTo', 'forwardDeadLetteredMessagesTo'] as const) {
    const target = definition.settings[key]?.toLowerCase();
    const known = all.some(({ kind, name }) => kind !== 'subscription' && name.toLowerCase() === target);
    if (target !== undefined && !known)
      throw new Error(`configuration: ${place}.${key}: there is no queue or topic '${target}'`);
  }
  if (definition.kind !== 'subscription') return;
  for (const rule of definition.rules) {
    try {
      void new Rules([rule]);
    } catch (error) {
      if (error instanceof AmqpError)
        throw new Error(`configuration: ${place}.rules.${rule.name}: ${error.description}`, { cause: error });
      throw error;
    }
  }
}
