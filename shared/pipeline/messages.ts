import { z } from 'zod';
import { purchase, stageNames, type StageName } from '#shared/domain/purchase';
import { isStrictEtag } from '#shared/domain/strict-etag';
import type topology from '#topology';

/** The name of a queue that exists: a wrong one does not compile. */
export type QueueName = keyof typeof topology.queues;

/** The queue that a stage reads. */
export const queueOf = {
  enablement: 'purchase-enablement',
  discovery: 'purchase-discovery',
  inventory: 'purchase-inventory',
  cart: 'purchase-cart',
  checkout: 'purchase-checkout',
  tracking: 'purchase-tracking',
} as const satisfies Record<StageName, QueueName>;

/** Every queue that the pipeline reads; `unprocessable-messages` is for operators. */
export const pipelineQueues = [
  'purchase-requests',
  ...Object.values(queueOf),
  'purchase-watchdog',
  'invoice-harvest',
] as const satisfies QueueName[];

const etag = z.string().refine(isStrictEtag, 'must be the ETag of one state of the row');

/**
 * A message to a stage. The snapshot spares the happy path every read; a stale one is harmless, since each write is
 * conditional on its ETag. It is left out when it is too large for a message. It comes over a queue, so it must at least be the purchase
 * that the message names, waiting for this very message, in one state of its row.
 */
export const stageMessage = z
  .object({
    purchaseId: z.uuid(),
    stage: z.enum(stageNames),
    attempt: z.int().min(1),
    /** How often this attempt was put off because another worker held the step. */
    yields: z.int().min(1).optional(),
    snapshot: z.object({ etag, purchase }).optional(),
    /** A signature over the rest (sealed-snapshot.ts). */
    seal: z.string().optional(),
  })
  .superRefine(({ purchaseId, stage, attempt, snapshot }, context) => {
    if (snapshot === undefined) return;
    const { id, status, stage: at, attempts } = snapshot.purchase;
    const object = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: ['snapshot', 'purchase', field], message });
    if (id !== purchaseId) object('id', 'must be the purchaseId of the message');
    if (status !== 'open') object('status', 'must be open');
    if (at !== stage) object('stage', 'must be the stage of the message');
    if (attempts[stage] !== attempt) object('attempts', 'must be the attempt of the message');
  });
export type StageMessage = z.infer<typeof stageMessage>;

/** A tick of a purchase's watchdog, scheduled on `purchase-watchdog` until the purchase is over and everything was sent. */
export const watchdogMessage = z.object({
  purchaseId: z.uuid(),
  /** Grows with every tick: counts them until the write is made that it was scheduled for, then the periods of time. */
  tick: z.int().min(1),
  /** The purchase's version when the tick was scheduled: an unchanged purchase has stopped moving. */
  seenVersion: z.int().min(0),
});
export type WatchdogMessage = z.infer<typeof watchdogMessage>;
