import type { QueueSettings, Rule } from './config/settings';
import type { Duplicates } from './queues/duplicates';
import type { Queue } from './queues/queue';
import type { Rules } from './rules/rules';

/** When an entity was created and last changed, in milliseconds; 0 until it is. */
export interface Times {
  createdAt: number;
  updatedAt: number;
}

/** What an entity is: its name, settings and rules. */
export type Definition =
  | { kind: 'queue'; name: string; settings: QueueSettings }
  | { kind: 'topic'; name: string; settings: QueueSettings }
  | { kind: 'subscription'; topic: string; name: string; settings: QueueSettings; rules: Rule[] };

/** What is kept of an entity on disk, beside its messages. */
export type Description = Definition & Times;

/** A queue, with its dead-letter queue. */
export interface QueueEntity {
  kind: 'queue';
  description: Extract<Description, { kind: 'queue' }>;
  queue: Queue;
  deadLetters: Queue;
  duplicates: Duplicates;
}

/** A topic: it keeps only scheduled messages; the others go to its subscriptions. */
export interface TopicEntity {
  kind: 'topic';
  description: Extract<Description, { kind: 'topic' }>;
  queue: Queue;
  duplicates: Duplicates;
  subscriptions: Map<string, SubscriptionEntity>;
}

/** A subscription: a queue of its own behind rules. */
export interface SubscriptionEntity {
  kind: 'subscription';
  description: Extract<Description, { kind: 'subscription' }>;
  rules: Rules;
  queue: Queue;
  deadLetters: Queue;
}

export type Entity = QueueEntity | TopicEntity | SubscriptionEntity;
