import { expect, test } from '@jest/globals';
import { readDeadLetters } from '#functions/operators/read-dead-letters';
import type { DeadLetters } from '#shared/azure/dead-letters';
import { pipelineQueues, type QueueName } from '#shared/pipeline/messages';
import { createPurchaseStore } from '#shared/pipeline/purchase-store';
import { NOW } from '#test/support/builders';
import { settings } from '#test/support/machine';
import { deadLetterOf, memoryTable, MemoryBus } from '#test/support/memory';

/** One run of the timer, with what its queues do. */
async function run(read: DeadLetters['read']) {
  const bus = new MemoryBus(() => NOW);
  const log: unknown[][] = [];
  await readDeadLetters({
    bus,
    deadLetters: { read },
    purchases: createPurchaseStore(memoryTable()),
    settings,
    log: (...line) => void log.push(line),
    now: () => NOW,
  })();
  return { sent: bus.sent, log };
}

const given = { DeadLetterReason: 'Tired', DeadLetterErrorDescription: 'ten times' };
const aDeadLetter = (entity: string) =>
  deadLetterOf({
    entity,
    messageId: entity,
    body: Buffer.from('x'),
    sentAt: 0,
    notBefore: 0,
    count: 1,
    properties: given,
  });

test('every dead-letter queue of the pipeline is read, and one that can not be read stops no other', async () => {
  const away: QueueName = 'purchase-cart';
  const { sent, log } = await run(async (queue, _limits, handle) => {
    if (queue === away) throw new Error('the link is gone');
    await handle(aDeadLetter(queue));
    return { handled: 1, errors: [] };
  });
  const read = sent.map(({ properties }) => String(properties['queue']));
  expect(read.toSorted()).toEqual(pipelineQueues.filter((queue) => queue !== away).toSorted());
  expect(log).toContainEqual(['warn', 'dead-letter queue not read', { queue: away, error: 'Error: the link is gone' }]);
});

test('what could not be handled is told in the log', async () => {
  const { log } = await run(async () => ({ handled: 0, errors: [new Error('a bug')] }));
  expect(log).toHaveLength(pipelineQueues.length);
  expect(log[0]).toEqual(['error', 'dead letter not handled', { queue: pipelineQueues[0], error: 'Error: a bug' }]);
});

test('a run is bounded, in messages and in time', async () => {
  await run(async (_queue, { most, milliseconds }) => {
    expect(most).toBeLessThanOrEqual(1000);
    expect(milliseconds).toBeLessThanOrEqual(15_000);
    return { handled: 0, errors: [] };
  });
});
