import type { MessageState, StoredMessage } from '#messages/stored-message';
import type { Alarm } from './clock';
import type { HeapItem } from './heap';

/** A message in a queue: what is stored of it, and what lives in memory alone. */
export interface Message extends StoredMessage, HeapItem {
  state: MessageState;
  failed: number;
  /** True while it is locked, or an operation on it is being written: nobody else may touch it. */
  taken: boolean;
  /** Rings when it expires or becomes active. */
  alarm: Alarm | undefined;
}
