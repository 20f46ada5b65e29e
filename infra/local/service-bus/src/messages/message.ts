import { Writer } from '#amqp/writer';
import type { Alarm } from '#queues/clock';
import type { HeapItem } from '#queues/heap';
import { type Content, encodeHeader } from './content';

/** Where a message stands. The numbers are those of the annotation `x-opt-message-state` and of the journal. */
export const messageStates = { active: 0, deferred: 1, scheduled: 2 } as const;
export type MessageState = keyof typeof messageStates;

/** A message in a queue, a subscription or a dead-letter queue. Times are milliseconds since 1970. */
export interface Message extends HeapItem {
  readonly sequence: number;
  readonly content: Content;
  state: MessageState;
  /** Deliveries that failed: abandoned, deferred, or the lock expired. */
  failed: number;
  readonly enqueuedAt: number;
  /** Infinity when it never expires. */
  readonly expiresAt: number;
  /** When it becomes, or became, active; 0 when it never was scheduled. */
  readonly scheduledFor: number;
  readonly deadLetterSource: string | undefined;
  /** True while it is locked, or an operation on it is being written: nobody else may touch it. */
  taken: boolean;
  /** Rings when it expires or becomes active. */
  alarm: Alarm | undefined;
}

/** The message as it goes to a client; `lockedUntil` only when it is delivered under a lock. */
export function encodeDelivery(message: Message, lockedUntil: number | undefined): Buffer {
  const { content } = message;
  const writer = new Writer(320 + content.annotations.length + content.rest.length);
  encodeHeader(writer, content, message.failed);
  const own = 4 + (lockedUntil === undefined ? 0 : 1) + (message.deadLetterSource === undefined ? 0 : 1);
  const start = writer.descriptor(0x72).map(own * 2 + content.annotationCount);
  writer.symbol('x-opt-sequence-number').long(message.sequence);
  writer.symbol('x-opt-enqueue-sequence-number').long(message.sequence);
  writer.symbol('x-opt-enqueued-time').timestamp(message.enqueuedAt);
  // A message that had been scheduled keeps showing it after it became active, as the service does.
  const shown = message.state === 'active' && message.scheduledFor > 0 ? 'scheduled' : message.state;
  writer.symbol('x-opt-message-state').int(messageStates[shown]);
  if (lockedUntil !== undefined) writer.symbol('x-opt-locked-until').timestamp(lockedUntil);
  if (message.deadLetterSource !== undefined) writer.symbol('x-opt-deadletter-source').string(message.deadLetterSource);
  writer.raw(content.annotations).end(start);
  return writer.raw(content.rest).finish();
}
