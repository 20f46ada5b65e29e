import { AmqpError } from '#amqp/amqp-error';
import type { QueueSettings } from '#definitions/settings';
import type { Operation } from '#journal/operations';
import { type DeadLetterReason, withApplicationProperties, withDeadLetterReason } from '#messages/content';
import type { Message } from './message';
import type { Routes } from './routes';

/** Application properties to add or replace; the values are encoded AMQP values. */
export type Changes = ReadonlyMap<string, Buffer>;

/** What becomes of a message. `lost` is a lock that expired, `expire` the end of its time to live. */
export type Decision =
  | { readonly kind: 'complete' }
  | { readonly kind: 'abandon'; readonly changes: Changes }
  | { readonly kind: 'defer'; readonly changes: Changes }
  | ({ readonly kind: 'dead-letter'; readonly changes: Changes } & DeadLetterReason)
  | { readonly kind: 'lost' }
  | { readonly kind: 'expire' };

/** What a settlement depends on in the message's queue. */
export interface SettlingQueue {
  readonly id: number;
  readonly settings: QueueSettings;
  readonly routes: Routes;
}

const NO_CHANGES: Changes = new Map();
const EXPIRED = { reason: 'TTLExpiredException', description: 'The message expired and was dead lettered.' };

/** The operations a decision about a message means. Throws AmqpError when it is not possible. */
export function settlement(queue: SettlingQueue, message: Message, decision: Decision): Operation[] {
  switch (decision.kind) {
    case 'complete':
      return [remove(queue, message, 'completed')];
    case 'abandon':
      return failed(queue, message, message.state, decision.changes);
    case 'lost':
      return failed(queue, message, message.state, NO_CHANGES);
    case 'defer':
      return keep(queue, message, 'deferred', decision.changes, countedFailure(queue, message));
    case 'dead-letter':
      return bury(queue, message, message.failed, decision, decision.changes);
    case 'expire':
      if (!queue.settings.deadLetteringOnMessageExpiration) return [remove(queue, message, 'expired')];
      return bury(queue, message, message.failed, EXPIRED);
  }
}

function failed(queue: SettlingQueue, message: Message, state: Message['state'], changes: Changes): Operation[] {
  const failures = countedFailure(queue, message);
  const limit = queue.settings.maxDeliveryCount;
  if (!queue.routes.bury || failures < limit) return keep(queue, message, state, changes, failures);
  const description = `Message could not be consumed after ${limit} delivery attempts.`;
  return bury(queue, message, failures, { reason: 'MaxDeliveryCountExceeded', description }, changes);
}

/** A dead-letter queue does not count failures. */
function countedFailure(queue: SettlingQueue, message: Message): number {
  return queue.routes.bury ? message.failed + 1 : message.failed;
}

function keep(
  queue: SettlingQueue,
  message: Message,
  state: Message['state'],
  changes: Changes,
  failures: number,
): Operation[] {
  const entity = queue.id;
  const { sequence, enqueuedAt, expiresAt, scheduledFor, deadLetterSource } = message;
  const stays: Operation = {
    kind: 'state',
    entity,
    sequence,
    state,
    failed: failures,
    abandoned: state !== 'deferred',
  };
  if (changes.size === 0) return [stays];
  const content = withApplicationProperties(message.content, changes);
  const rewritten: Operation = {
    kind: 'put',
    entity,
    sequence,
    reason: 'rewritten',
    state,
    failed: failures,
    enqueuedAt,
    expiresAt,
    scheduledFor,
    deadLetterSource,
    content,
  };
  return [rewritten, stays];
}

function bury(
  queue: SettlingQueue,
  message: Message,
  failures: number,
  why: DeadLetterReason,
  changes: Changes = NO_CHANGES,
): Operation[] {
  if (!queue.routes.bury) throw new AmqpError('amqp:not-allowed', "A dead letter can't be dead-lettered again.");
  const content = withDeadLetterReason(message.content, why, changes);
  return [...queue.routes.bury(content, failures), remove(queue, message, 'dead-lettered')];
}

function remove(queue: SettlingQueue, message: Message, reason: 'completed' | 'expired' | 'dead-lettered'): Operation {
  return { kind: 'delete', entity: queue.id, sequence: message.sequence, reason };
}
