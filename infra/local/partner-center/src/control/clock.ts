import { z } from 'zod';
import { CLOCK_RANGE } from '#model/clock';
import type { SandboxContext } from '#model/sandbox-context';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { refusal } from '#wire/refusal';

/** What the sandbox's clock shows. */
export function readClock(_: Call, context: SandboxContext): Answer {
  return json({ now: new Date(context.clock.now()).toISOString() });
}

const moveSchema = z.strictObject({
  advanceSeconds: z.number().optional(),
  now: z.iso.datetime({ offset: true }).optional(),
});

/** Moves the clock by seconds, or to a moment. */
export function moveClock(call: Call, context: SandboxContext): Answer {
  const { advanceSeconds, now } = call.body(moveSchema);
  const seconds = now === undefined ? advanceSeconds : (Date.parse(now) - context.clock.now()) / 1000;
  if (seconds === undefined || (now !== undefined && advanceSeconds !== undefined)) {
    throw refusal('invalidInput', `Send {"advanceSeconds": 900} or {"now": "${CLOCK_RANGE.from}"}.`);
  }
  context.clock.move(seconds);
  return readClock(call, context);
}
