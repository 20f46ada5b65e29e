import type { Content } from './content';

/** Where a message stands. The numbers are those of the annotation `x-opt-message-state` and of the journal. */
export const MESSAGE_STATES = { active: 0, deferred: 1, scheduled: 2 } as const;
export type MessageState = keyof typeof MESSAGE_STATES;

/** A message of a queue, subscription or dead-letter queue, as it is on disk. Times are milliseconds since 1970. */
export interface StoredMessage {
  readonly sequence: number;
  readonly content: Content;
  readonly state: MessageState;
  /** Deliveries that failed: abandoned, deferred, or the lock expired. */
  readonly failed: number;
  readonly enqueuedAt: number;
  /** Infinity when it never expires. */
  readonly expiresAt: number;
  /** When it becomes, or became, active; 0 when it never was scheduled. */
  readonly scheduledFor: number;
  readonly deadLetterSource: string | undefined;
}
