import { z } from 'zod';
import type { SandboxContext } from '#model/sandbox-context';
import { settingsSchema } from '#model/settings';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';

/** The settings in force. */
export function readSettings(_: Call, context: SandboxContext): Answer {
  return json(context.settings);
}

/** Changes the named settings until the next start or reset. */
export function changeSettings(call: Call, context: SandboxContext): Answer {
  const merged = (given: unknown): unknown => (typeof given === 'object' ? { ...context.settings, ...given } : given);
  context.settings = call.body(z.preprocess(merged, settingsSchema.strict()));
  return json(context.settings);
}
