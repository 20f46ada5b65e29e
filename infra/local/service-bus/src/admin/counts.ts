import type { Broker } from '#broker/broker';
import type { Totals } from '#journal/totals';
import type { Queue } from '#queues/queue';

/** The messages of an entity now; locked ones are active too. */
interface Counts {
  readonly active: number;
  readonly locked: number;
  readonly scheduled: number;
  readonly deferred: number;
  readonly deadLetter: number;
}

/** Counts the messages of a queue and its dead letters. */
export function countsOf(queue: Queue, deadLetters: Queue | undefined): Counts {
  const counts = {
    active: 0,
    locked: queue.locks.size,
    scheduled: 0,
    deferred: 0,
    deadLetter: deadLetters?.messages.size ?? 0,
  };
  for (const message of queue.messages.values()) counts[message.state]++;
  return counts;
}

/** Every entity's messages now and totals since its data began, by path. */
export function countsPage(
  broker: Broker,
): Record<string, Counts & { totals: Totals; deadLetterTotals: Totals | undefined }> {
  return Object.fromEntries(
    broker.all().map((entity) => {
      const deadLetters = entity.kind === 'topic' ? undefined : entity.deadLetters;
      const { queue } = entity;
      return [
        queue.path,
        { ...countsOf(queue, deadLetters), totals: queue.totals, deadLetterTotals: deadLetters?.totals },
      ];
    }),
  );
}
