import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { purchaseIdOf } from '#shared/domain/ids';
import { queueOf } from '#shared/pipeline/messages';
import { aRequest, aRequester } from '#test/support/builders';
import { Machine, settings } from '#test/support/machine';
import { oneLine } from '#test/support/requests';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';

/** Ids of our own messages can be guessed: whoever takes one first makes the broker drop ours as a duplicate. */

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox(['--order-delay-seconds', '0']);
});
afterAll(() => sandbox.stop());

const request = aRequest(oneLine('DG7GMGF0D5P1', '0001').lines);

/** The first tick after a whole period without a move. */
test.each([
  ['discovery', 1],
  ['cart', 2],
  ['checkout', 2],
  ['tracking', 2],
] as const)(
  'a forged message with the id of the first message to %s stops a purchase until tick %i of its watchdog, not longer',
  async (stage, ticks) => {
    const machine = new Machine(sandbox);
    const requestId = `forged-${stage}`;
    const purchaseId = purchaseIdOf(aRequester().id, requestId);
    const forged = { messageId: `${purchaseId}/${stage}/1`, body: { purchaseId, stage: 'inventory', attempt: 1 } };
    await machine.bus.send(queueOf[stage], forged);
    await machine.runUntil('nothing at all');
    const startedAt = sandbox.now().getTime();
    await machine.accept(request, requestId);
    const { stored } = await machine.run(purchaseId);
    expect(stored.purchase.status).toBe('completed');
    const seconds = (Date.parse(stored.purchase.updatedAt) - startedAt) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(ticks * settings.watchdogSeconds);
    expect(seconds).toBeLessThan(ticks * settings.watchdogSeconds + 60);
  },
);
