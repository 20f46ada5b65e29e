import type { DeadLetters } from '#shared/azure/dead-letters';
import { pipelineQueues } from '#shared/pipeline/messages';
import { receiveDeadLetter } from './receive-dead-letter';
import type { CommandDeps } from './run-command';

export interface ReadDeadLettersDeps extends CommandDeps {
  readonly deadLetters: DeadLetters;
}

/** What one run reads of one queue at most; the next run goes on. */
const LIMITS = { most: 1000, milliseconds: 10_000 };

/** The timer's work: every dead-letter queue of the pipeline, so that nothing ends where nobody looks. */
export function readDeadLetters(deps: ReadDeadLettersDeps): () => Promise<void> {
  return async () => {
    await Promise.all(
      pipelineQueues.map(async (queue) => {
        try {
          const { errors } = await deps.deadLetters.read(queue, LIMITS, receiveDeadLetter(queue, deps));
          for (const error of errors) deps.log('error', 'dead letter not handled', { queue, error: String(error) });
        } catch (error) {
          // The others are read all the same, and this one by the next run.
          deps.log('warn', 'dead-letter queue not read', { queue, error: String(error) });
        }
      }),
    );
  };
}
