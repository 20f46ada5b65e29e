import type { Description } from '#definitions/definition';
import type { Duplicates } from '#queues/duplicates';
import type { Queue } from '#queues/queue';
import type { Rules } from '#rules/rules';

/** A queue, with its dead-letter queue. */
export interface QueueEntity {
  readonly kind: 'queue';
  description: Extract<Description, { kind: 'queue' }>;
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly duplicates: Duplicates;
}

/** A topic: it keeps only scheduled messages; the others go to its subscriptions. */
export interface TopicEntity {
  readonly kind: 'topic';
  description: Extract<Description, { kind: 'topic' }>;
  readonly queue: Queue;
  readonly duplicates: Duplicates;
  /** By name, in lower case. */
  readonly subscriptions: Map<string, SubscriptionEntity>;
}

/** A subscription: a queue of its own behind rules. */
export interface SubscriptionEntity {
  readonly kind: 'subscription';
  description: Extract<Description, { kind: 'subscription' }>;
  rules: Rules;
  readonly queue: Queue;
  readonly deadLetters: Queue;
}

export type Entity = QueueEntity | TopicEntity | SubscriptionEntity;
