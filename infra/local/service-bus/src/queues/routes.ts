import type { ArrivalReason, Operation } from '#journal/operations';
import type { Content } from '#messages/content';

/** How a content travels: why it moves on, and what it carries along. */
export interface Passage {
  readonly reason: ArrivalReason;
  /** When it was scheduled for, or 0. */
  readonly scheduledFor: number;
  /** The entity whose dead letter it was, when it is forwarded from there. */
  readonly deadLetterSource?: string;
  /** The time to live of the topic it came through, in milliseconds. */
  readonly timeToLive?: number;
  /** Failed deliveries it keeps. */
  readonly failed?: number;
}

/** Where a queue's messages go. */
export interface Routes {
  /** The operations that make a scheduled content active. */
  readonly arrive: (content: Content, passage: Passage) => Operation[];
  /** The operations that move a dead letter away. A dead-letter queue has none. */
  readonly bury: ((content: Content, failed: number) => Operation[]) | undefined;
}
