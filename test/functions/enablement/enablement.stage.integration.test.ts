import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { aRequest, AZURE_SUBSCRIPTION } from '#test/support/builders';
import { Machine } from '#test/support/machine';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';
import { withLedger } from '#test/proof/ending';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox(['--registration-delay-seconds', '45', '--order-delay-seconds', '0']);
});
afterEach(() => sandbox.control('/sandbox/reset', {}));
afterAll(() => sandbox.stop());

const request = aRequest([
  {
    productId: 'DZH318Z0RVM1',
    skuId: '00B1',
    quantity: 1,
    termDuration: 'P1Y',
    azureSubscriptionId: AZURE_SUBSCRIPTION,
  },
]);

async function registrations(): Promise<number> {
  const report = z.object({ calls: z.record(z.string(), z.number()) });
  const { calls } = report.parse(await (await fetch(`${sandbox.url}/sandbox/calls`)).json());
  return Object.entries(calls).find(([call]) => call.startsWith('POST') && call.endsWith('/registrations'))?.[1] ?? 0;
}

test('a subscription that is not registered for reservations is registered once, waited for, and then bought for', async () => {
  const before = await registrations();
  const { stored, groups } = await withLedger(sandbox, await new Machine(sandbox).buy(request));
  expect(stored.purchase).toMatchObject({ status: 'completed', registeredSubscriptions: [AZURE_SUBSCRIPTION] });
  expect(stored.purchase.attempts.enablement).toBeGreaterThan(1);
  expect(groups).toEqual(['0']);
  expect((await registrations()) - before).toBe(1);
});

test('a registration that never ends ends at the stage time-out with advice, and nothing is bought', async () => {
  await sandbox.control('/sandbox/settings', { registrationDelaySeconds: 10_000_000 });
  const { stored, groups } = await withLedger(
    sandbox,
    await new Machine(sandbox, { settings: { stageTimeoutSeconds: 3600 } }).buy(request),
  );
  expect(stored.purchase).toMatchObject({
    status: 'held',
    stage: 'enablement',
    reason: { code: 'stage-timeout', advice: expect.stringContaining('registered') },
  });
  expect(groups).toEqual([]);
});

test('a subscription that does not exist rejects the purchase', async () => {
  const unknown = aRequest([{ ...request.lines[0], azureSubscriptionId: 'c0ffee00-0000-4000-8000-00000000dead' }]);
  const { stored } = await new Machine(sandbox).buy(unknown);
  expect(stored.purchase).toMatchObject({ status: 'rejected', stage: 'enablement', reason: { code: '20003' } });
});
