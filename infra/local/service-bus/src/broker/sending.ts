import { AmqpError, entityNotFound } from '#amqp/amqp-error';
import type { Operation } from '#journal/operations';
import { type Arrival, type Content, detach } from '#messages/content';
import type { Done } from '#queues/surroundings';
import type { Broker } from './broker';
import type { QueueEntity, TopicEntity } from './entities';

const KILOBYTE = 1024;
const MEGABYTE = 1024 * KILOBYTE;

type Target = QueueEntity | TopicEntity;

/** What one send amounts to. */
interface Plan {
  readonly operations: Operation[];
  /** The numbers of the scheduled messages. */
  readonly sequences: number[];
  /** The ids that duplicate detection now waits for. */
  readonly begun: string[];
}

/** Sends messages to a queue or topic, all or none. `done` gets the numbers of the scheduled ones. */
export function send(
  broker: Broker,
  entity: Target,
  messages: readonly Arrival[],
  done: (error: AmqpError | undefined, sequences: number[]) => void,
): void {
  const refusal = refuse(broker, entity, messages);
  if (refusal) return done(refusal, []);
  const plan: Plan = { operations: [], sequences: [], begun: [] };
  for (const { content, scheduledFor } of messages) add(plan, broker, entity, detach(content), scheduledFor);
  broker.commit(plan.operations, (error) => {
    if (error) for (const messageId of plan.begun) entity.duplicates.abort(messageId);
    done(error, plan.sequences);
  });
}

/** The bytes that one message, or one batch, to an entity may have. */
export function maxMessageSize({ description }: Target): number {
  return description.settings.maxMessageSizeInKilobytes * KILOBYTE;
}

/** Takes back scheduled messages, all or none. */
export function cancelScheduled(broker: Broker, entity: Target, sequences: readonly number[], done: Done): void {
  const { queue } = entity;
  const messages = sequences.map((sequence) => queue.messages.get(sequence));
  const found = messages.filter((message) => message !== undefined && message.state === 'scheduled' && !message.taken);
  if (found.length < messages.length) {
    const text = 'A scheduled message with this sequence number does not exist.';
    return done(new AmqpError('com.microsoft:message-not-found', text));
  }
  for (const message of found) if (message) message.taken = true;
  const operations = sequences.map((sequence): Operation => ({
    kind: 'delete',
    entity: queue.id,
    sequence,
    reason: 'cancelled',
  }));
  broker.commit(operations, (error) => {
    if (error) for (const message of found) if (message) message.taken = false;
    done(error);
  });
}

function refuse(broker: Broker, entity: Target, messages: readonly Arrival[]): AmqpError | undefined {
  const { settings } = entity.description;
  if (!broker.has(entity)) return entityNotFound(entity.queue.path);
  if (broker.faults.refusesSend()) return new AmqpError('com.microsoft:server-busy', 'The server is busy (simulated).');
  if (broker.behind) return new AmqpError('com.microsoft:server-busy', 'Too much is waiting to be written.');
  if (sizeOf(entity) > settings.maxSizeInMegabytes * MEGABYTE) {
    return new AmqpError('amqp:resource-limit-exceeded', 'The maximum entity size has been reached or exceeded.');
  }
  const needsSession = entity.kind === 'queue' && entity.queue.sessions !== undefined;
  if (needsSession && messages.some(({ content }) => content.sessionId === undefined)) {
    return new AmqpError('amqp:not-allowed', 'The entity requires sessions, and a message has no session id.');
  }
  return undefined;
}

function add(plan: Plan, broker: Broker, entity: Target, content: Content, scheduledFor: number | undefined): void {
  const { queue, duplicates } = entity;
  const { requiresDuplicateDetection, duplicateDetectionHistoryTimeWindow } = entity.description.settings;
  const now = broker.clock.now();
  const scheduled = scheduledFor !== undefined && scheduledFor > now;
  if (requiresDuplicateDetection && duplicates.has(content.messageId, now, duplicateDetectionHistoryTimeWindow)) {
    // Accepted and dropped. The record makes sure that the first one is on disk before this one is acknowledged.
    plan.operations.push({ kind: 'count', entity: queue.id, what: 'duplicatesDropped' });
    if (scheduled) plan.sequences.push(queue.totals.nextSequence++);
    return;
  }
  if (requiresDuplicateDetection) {
    duplicates.begin(content.messageId);
    plan.begun.push(content.messageId);
    plan.operations.push({ kind: 'remember', entity: queue.id, at: now, messageId: content.messageId });
  }
  if (scheduled) {
    const put = queue.put(content, { reason: 'scheduled', scheduledFor });
    plan.sequences.push(put.sequence);
    plan.operations.push(put);
  } else {
    plan.operations.push(...broker.routing.arrive(entity, content, { reason: 'sent', scheduledFor: 0 }));
  }
}

function sizeOf(entity: Target): number {
  if (entity.kind === 'queue') return entity.queue.bytes + entity.deadLetters.bytes;
  let bytes = entity.queue.bytes;
  for (const { queue, deadLetters } of entity.subscriptions.values()) bytes += queue.bytes + deadLetters.bytes;
  return bytes;
}
