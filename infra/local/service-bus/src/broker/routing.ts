import type { Operation } from '#journal/operations';
import { type Content, readFilterInput, withDeadLetterReason } from '#messages/content';
import type { Passage } from '#queues/routes';
import type { Entity, QueueEntity, SubscriptionEntity, TopicEntity } from './entities';

/** Service Bus forwards at most four times (Microsoft Learn, "Chaining Service Bus entities with autoforwarding"). */
const MAX_HOPS = 4;

/** Why a message can't go where it was meant to (Microsoft Learn, "Overview of Service Bus dead-letter queues"). */
const TOO_MANY_HOPS = {
  reason: 'MaxTransferHopCountExceeded',
  description:
    'The maximum number of allowed hops when forwarding between queues has been exceeded. This value is set to 4.',
};
const NO_SESSION = {
  reason: 'Session ID is null.',
  description: "Session enabled entity doesn't allow a message whose session identifier is null.",
};

/** The ways messages take between entities. Every way is a list of operations, so that a move is one record of the journal. */
export class Routing {
  readonly #find: (path: string) => Entity | undefined;
  readonly #now: () => number;
  constructor(find: (path: string) => Entity | undefined, now: () => number) {
    this.#find = find;
    this.#now = now;
  }

  /** Routes a content: into a queue, to where that forwards, or into every subscription whose rules match. */
  arrive(entity: Entity, content: Content, passage: Passage, hops = 0): Operation[] {
    if (entity.kind === 'topic') return this.#fanOut(entity, content, passage, hops);
    const { forwardTo } = entity.description.settings;
    if (forwardTo !== undefined) return this.#forward(entity, forwardTo, content, passage, hops);
    if (entity.queue.sessions && content.sessionId === undefined) return [turnAway(entity, content, NO_SESSION)];
    return [entity.queue.put(content, passage)];
  }

  /** Routes a dead letter into the dead-letter queue, or to where dead letters are forwarded. */
  bury(entity: QueueEntity | SubscriptionEntity, content: Content, failed: number): Operation[] {
    const passage: Passage = { reason: 'dead-lettered', scheduledFor: 0, failed };
    const target = this.#target(entity.description.settings.forwardDeadLetteredMessagesTo);
    if (!target) return [entity.deadLetters.put(content, passage)];
    return this.#handOn(target, content, { ...passage, deadLetterSource: entity.queue.path }, 1);
  }

  #forward(
    entity: QueueEntity | SubscriptionEntity,
    path: string,
    content: Content,
    passage: Passage,
    hops: number,
  ): Operation[] {
    const target = this.#target(path);
    if (!target) {
      const description = `The messaging entity '${path}' could not be found.`;
      return [turnAway(entity, content, { reason: 'MessagingEntityNotFound', description })];
    }
    if (hops >= MAX_HOPS) return [turnAway(entity, content, TOO_MANY_HOPS)];
    return this.#handOn(target, content, passage, hops + 1);
  }

  #handOn(target: QueueEntity | TopicEntity, content: Content, passage: Passage, hops: number): Operation[] {
    const { requiresDuplicateDetection, duplicateDetectionHistoryTimeWindow } = target.description.settings;
    const { id } = target.queue;
    const onward: Passage = { ...passage, reason: 'forwarded', failed: 0 };
    if (!requiresDuplicateDetection) return this.arrive(target, content, onward, hops);
    if (target.duplicates.has(content.messageId, this.#now(), duplicateDetectionHistoryTimeWindow))
      return [{ kind: 'count', entity: id, what: 'duplicatesDropped' }];
    const remembered: Operation = { kind: 'remember', entity: id, at: this.#now(), messageId: content.messageId };
    return [remembered, ...this.arrive(target, content, onward, hops)];
  }

  /** Where something can be forwarded to: a queue or a topic. */
  #target(path: string | undefined): QueueEntity | TopicEntity | undefined {
    const entity = path === undefined ? undefined : this.#find(path);
    return entity?.kind === 'subscription' ? undefined : entity;
  }

  #fanOut(topic: TopicEntity, content: Content, passage: Passage, hops: number): Operation[] {
    const input = readFilterInput(content);
    const operations: Operation[] = [];
    if (passage.reason === 'sent') operations.push({ kind: 'count', entity: topic.queue.id, what: 'sent' });
    const within: Passage = { ...passage, timeToLive: topic.description.settings.defaultMessageTimeToLive };
    for (const subscription of topic.subscriptions.values()) {
      for (const copy of subscription.rules.apply(content, input)) {
        operations.push(...this.arrive(subscription, copy, within, hops));
      }
    }
    return operations;
  }
}

function turnAway(
  { deadLetters }: QueueEntity | SubscriptionEntity,
  content: Content,
  why: { reason: string; description: string },
): Operation {
  return deadLetters.put(withDeadLetterReason(content, why), { reason: 'dead-lettered', scheduledFor: 0 });
}
