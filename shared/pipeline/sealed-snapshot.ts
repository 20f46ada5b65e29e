import { z } from 'zod';
import type { Seal } from '#shared/domain/seal';
import type { StageMessage } from './messages';

/** A message to a stage with a signature over its snapshot and what it is for, if there is a snapshot and a seal. */
export function sealed(message: StageMessage, seal: Seal | undefined): StageMessage {
  if (seal === undefined || message.snapshot === undefined) return message;
  return { ...message, seal: seal.sign(textOf(message)) };
}

/** A message as it came, with its members as they were written: the schema of a purchase may put them in another order. */
const raw = z.object({
  purchaseId: z.unknown(),
  stage: z.unknown(),
  attempt: z.unknown(),
  snapshot: z.unknown(),
  seal: z.string(),
});

/** Whether a message's snapshot is one that the pipeline itself has sent, for this very stage and attempt. */
export function isProven(body: unknown, seal: Seal): boolean {
  const { data } = raw.safeParse(body);
  return data !== undefined && seal.fits(textOf(data), data.seal);
}

interface Signed {
  readonly purchaseId: unknown;
  readonly stage: unknown;
  readonly attempt: unknown;
  readonly snapshot?: unknown;
}

function textOf({ purchaseId, stage, attempt, snapshot }: Signed): string {
  return JSON.stringify([purchaseId, stage, attempt, snapshot]);
}
