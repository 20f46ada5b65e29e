import type { Content } from './content';
import type { Entity, QueueEntity, SubscriptionEntity, TopicEntity } from './entities';
import { factsOf } from './filters';
import type { ArrivalReason, Operation } from './operations';

/** How a content travels: why it moves on, and what it carries along. */
export interface Passage {
  reason: ArrivalReason;
  /** When it was scheduled for, or 0. */
  scheduledFor: number;
  /** The entity whose dead letter it was, when it is forwarded from there. */
  deadLetterSource?: string;
  /** The time to live of the topic it came through, in milliseconds. */
  timeToLive?: number;
  /** Failed deliveries it keeps. */
  failed?: number;
}

/** Service Bus forwards at most four times (Microsoft Learn, "Chaining Service Bus entities with autoforwarding"). */
const MAX_HOPS = 4;

/** The ways messages take between entities. Every way is a list of operations, so that a move is one record of the journal. */
export class Routing {
  constructor(
    private readonly find: (path: string) => Entity | undefined,
    private readonly now: () => number,
  ) {}

  /** Brings a content where it belongs: into a queue, to where that forwards, or into every subscription whose rules let it through. */
  arrive(entity: Entity, content: Content, passage: Passage, hops = 0): Operation[] {
    if (entity.kind === 'topic') return this.fanOut(entity, content, passage, hops);
    const target = entity.description.settings.forwardTo;
    if (target === undefined) return [entity.queue.put(content, passage)];
    return this.forward(entity, target, content, passage, hops);
  }

  /** Brings a dead letter into the dead-letter queue, or to where dead letters are forwarded. */
  bury(entity: QueueEntity | SubscriptionEntity, content: Content, failed: number): Operation[] {
    const target = entity.description.settings.forwardDeadLetteredMessagesTo;
    const passage: Passage = { reason: 'dead-lettered', scheduledFor: 0, failed };
    if (target === undefined) return [entity.deadLetters.put(content, passage)];
    return this.forward(entity, target, content, { ...passage, deadLetterSource: entity.queue.path }, 0);
  }

  private forward(
    entity: QueueEntity | SubscriptionEntity,
    path: string,
    content: Content,
    passage: Passage,
    hops: number,
  ): Operation[] {
    const target = this.find(path);
    if (!target || target.kind === 'subscription' || hops >= MAX_HOPS) {
      return [entity.deadLetters.put(content, { reason: 'dead-lettered', scheduledFor: 0 })];
    }
    const { requiresDuplicateDetection, duplicateDetectionHistoryTimeWindow } = target.description.settings;
    const id = target.queue.id;
    const onward: Passage = { ...passage, reason: 'forwarded', failed: 0 };
    if (!requiresDuplicateDetection) return this.arrive(target, content, onward, hops + 1);
    if (target.duplicates.has(content.messageId, this.now(), duplicateDetectionHistoryTimeWindow))
      return [{ type: 'count', entity: id, what: 'duplicatesDropped' }];
    const remembered: Operation = { type: 'remember', entity: id, at: this.now(), messageId: content.messageId };
    return [remembered, ...this.arrive(target, content, onward, hops + 1)];
  }

  private fanOut(topic: TopicEntity, content: Content, passage: Passage, hops: number): Operation[] {
    const facts = factsOf(content);
    const operations: Operation[] = [];
    if (passage.reason === 'sent') operations.push({ type: 'count', entity: topic.queue.id, what: 'sent' });
    const within: Passage = { ...passage, timeToLive: topic.description.settings.defaultMessageTimeToLive };
    for (const subscription of topic.subscriptions.values()) {
      for (const copy of subscription.rules.apply(content, facts)) {
        operations.push(...this.arrive(subscription, copy, within, hops));
      }
    }
    return operations;
  }
}
