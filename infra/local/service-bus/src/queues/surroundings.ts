import type { AmqpError } from '#amqp/amqp-error';
import type { Operation } from '#journal/operations';
import type { Clock } from './clock';
import type { Faults } from './faults';

/** Called when something is on disk, or could not be done. */
export type Done = (error: AmqpError | undefined) => void;

/** What a queue needs of the broker around it. */
export interface Surroundings {
  readonly clock: Clock;
  readonly faults: Faults;
  /** Writes operations as one atomic record, applies them, then calls `done`; on failure nothing is applied. */
  readonly commit: (operations: readonly Operation[], done: Done) => void;
}
