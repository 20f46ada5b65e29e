import { z } from 'zod';
import { faultSchema } from '#model/fault';
import type { SandboxContext } from '#model/sandbox-context';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';

/** Adds one fault or several; the answer has their numbers. */
export function addFaults(call: Call, context: SandboxContext): Answer {
  const faults = call.body(z.preprocess((body) => (Array.isArray(body) ? body : [body]), z.array(faultSchema)));
  return json({ ids: faults.map((fault) => context.faults.add(fault)) }, 201);
}

/** The faults in force. */
export function listFaults(_: Call, context: SandboxContext): Answer {
  const faults = context.faults.list().map(({ id, fault, seen, fired }) => ({ id, ...fault, seen, fired }));
  return json({ faults });
}

/** Removes all faults. */
export function clearFaults(_: Call, context: SandboxContext): Answer {
  context.faults.clear();
  return json({ faults: [] });
}
