import type { QueueSettings, Rule } from './settings';

/** What an entity is: its name, settings and rules. */
export type Definition =
  | { readonly kind: 'queue'; readonly name: string; readonly settings: QueueSettings }
  | { readonly kind: 'topic'; readonly name: string; readonly settings: QueueSettings }
  | {
      readonly kind: 'subscription';
      readonly topic: string;
      readonly name: string;
      readonly settings: QueueSettings;
      readonly rules: readonly Rule[];
    };

/** When an entity was created and last changed, in milliseconds; 0 until it is. */
export interface Times {
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What is kept of an entity on disk, beside its messages. */
export type Description = Definition & Times;
