import { Writer } from '#amqp/writer';
import { encodeHeader } from './content';
import { MESSAGE_STATES, type StoredMessage } from './stored-message';

/** The message as it goes to a client; `lockedUntil` only when it is delivered under a lock. */
export function encodeDelivery(message: StoredMessage, lockedUntil: number | undefined): Buffer {
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
  writer.symbol('x-opt-message-state').int(MESSAGE_STATES[shown]);
  if (lockedUntil !== undefined) writer.symbol('x-opt-locked-until').timestamp(lockedUntil);
  if (message.deadLetterSource !== undefined) writer.symbol('x-opt-deadletter-source').string(message.deadLetterSource);
  writer.raw(content.annotations).end(start);
  return writer.raw(content.rest).finish();
}
