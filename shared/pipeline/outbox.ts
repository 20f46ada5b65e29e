import type { Bus } from '#shared/azure/bus';
import type { CloudEvent } from '#shared/domain/cloud-event';
import { defined } from '#shared/domain/defined';
import type { Purchase } from '#shared/domain/purchase';
import { purchaseEvent } from '#shared/domain/purchase-events';
import { queueOf, type StageMessage } from './messages';
import type { StoredPurchase } from './purchase-store';
import { sealed } from './sealed-snapshot';
import type { Pending } from './transition';

/** A message may hold 256 KiB in the Standard tier, properties included; a snapshot leaves room for them. */
const LARGEST_SNAPSHOT = 200_000;

/**
 * Sends what a write promised, one after the other: when the next stage's message is out, the events before it are.
 * Sending again sends the same ids, which the broker drops or the receiver recognises.
 *
 * @param resend what the ids of messages to stages end with when they must not be dropped as duplicates: somebody may have
 * taken an id before us, or the message itself may be lost. A stage recognises the attempt.
 */
export async function sendPending(
  bus: Bus,
  { purchase, pending, etag }: StoredPurchase,
  resend?: string,
): Promise<void> {
  for (const item of pending) {
    await (item.kind === 'event'
      ? publish(bus, purchaseEvent(purchase, item.event, item.sequence))
      : toStage(bus, item, purchase, etag, resend));
  }
}

/** Publishes an event in structured mode, with its attributes as properties too, so that subscriptions can filter. */
export function publish(bus: Bus, event: CloudEvent): Promise<void> {
  const { data: _data, ...attributes } = event;
  return bus.send('order-events', {
    messageId: event.id,
    subject: event.type,
    correlationId: event.partitionkey,
    contentType: 'application/cloudevents+json; charset=utf-8',
    body: event,
    properties: Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`cloudEvents_${name}`, value])),
  });
}

function toStage(
  bus: Bus,
  { stage, attempt, notBefore }: Pending & { kind: 'stage' },
  purchase: Purchase,
  etag: string,
  resend: string | undefined,
): Promise<void> {
  return bus.send(queueOf[stage], {
    ...stageEnvelope(purchase, stage, attempt, resend),
    body: sealed(withSnapshot({ purchaseId: purchase.id, stage, attempt }, purchase, etag), bus.seal),
    ...defined({ notBefore: notBefore === undefined ? undefined : new Date(notBefore) }),
  });
}

/** A worker's clock may be behind the broker's: what comes a little late is not put off again. */
const CLOCK_MARGIN_MS = 1000;

/**
 * The same attempt once more at a later time, for a step that another worker holds. Its id counts how often that was: no two
 * clocks have to agree for it to be new.
 */
export function sendAgainAt(bus: Bus, message: StageMessage, until: string): Promise<void> {
  const { purchaseId, stage, attempt } = message;
  const yields = (message.yields ?? 0) + 1;
  return bus.send(queueOf[stage], {
    messageId: `${purchaseId}/${stage}/${attempt}@${yields}`,
    subject: stage,
    correlationId: purchaseId,
    body: { purchaseId, stage, attempt, yields } satisfies StageMessage,
    notBefore: new Date(Date.parse(until) + CLOCK_MARGIN_MS),
  });
}

function stageEnvelope(purchase: Purchase, stage: StageMessage['stage'], attempt: number, resend?: string) {
  const messageId = `${purchase.id}/${stage}/${attempt}`;
  return { messageId: resend ? `${messageId}/${resend}` : messageId, subject: stage, correlationId: purchase.id };
}

function withSnapshot(message: StageMessage, purchase: Purchase, etag: string): StageMessage {
  const whole = { ...message, snapshot: { etag, purchase } };
  return Buffer.byteLength(JSON.stringify(whole)) <= LARGEST_SNAPSHOT ? whole : message;
}
