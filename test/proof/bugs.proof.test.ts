import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { resumePurchase } from '#functions/operators/resume-purchase';
import { stageNames } from '#shared/domain/purchase';
import { aRequest, AZURE_SUBSCRIPTION } from '#test/support/builders';
import { Machine, settings } from '#test/support/machine';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';
import { observe, withLedger } from './ending';

/** What happens to a purchase when something of ours throws what nobody planned for, as often as the broker delivers. */

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox(['--order-delay-seconds', '5', '--list-lag-seconds', '30']);
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.stop());

/** A request that passes every stage, in two order groups. */
const request = aRequest([
  {
    productId: 'DZH318Z0RVM1',
    skuId: '00B1',
    quantity: 1,
    termDuration: 'P1Y',
    azureSubscriptionId: AZURE_SUBSCRIPTION,
  },
  { productId: 'CFQ7TTC0LH18', skuId: '0001', quantity: 1, termDuration: 'P1Y', billingCycle: 'monthly' },
]);

const places = stageNames.flatMap((stage) => (['before', 'after'] as const).map((when) => ({ stage, when })));

test.each(places)(
  'a bug $when the work of stage $stage, more often than a message is delivered: the purchase is held with the reason, and resumes',
  async ({ stage, when }) => {
    const machine = new Machine(sandbox, { bug: { stage, when, times: 11 } });
    const { stored } = await machine.buy(request);
    expect(stored.purchase).toMatchObject({
      status: 'held',
      stage,
      reason: { code: 'dead-letter', message: expect.stringContaining('MaxDeliveryCountExceeded') },
    });
    await resumePurchase(stored.purchase.id, 'the bug is mended', machine.deps);
    const observed = observe(await withLedger(sandbox, await machine.run(stored.purchase.id)));
    expect(observed).toMatchObject({ status: 'completed', groups: ['0', '1'], pending: 0 });
    expect(observed.events).toHaveLength(10);
  },
);

test.each(places)('a bug $when the work of stage $stage that passes in time is noticed by nobody', async (place) => {
  const machine = new Machine(sandbox, { bug: { ...place, times: 9 } });
  expect(observe(await withLedger(sandbox, await machine.buy(request)))).toMatchObject({
    status: 'completed',
    groups: ['0', '1'],
    events: [
      '1 accepted',
      '2 discovered',
      '3 carted',
      '4 order-placed',
      '5 order-placed',
      '6 order-completed',
      '7 order-completed',
      '8 completed',
    ],
    pending: 0,
  });
});

test.each([
  ['purchase-cart', 0],
  ['purchase-checkout', 0],
  ['purchase-tracking', 0],
  ['order-events', 1],
  ['order-events', 4],
] as const)(
  'what a done step could not send to %s after %d message(s) goes out with its dead letter, before the watchdog ticks',
  async (sendingTo, skip) => {
    const machine = new Machine(sandbox, { bug: { sendingTo, skip, times: 10 } });
    const ending = await machine.buy(request);
    const { events, ...observed } = observe(await withLedger(sandbox, ending));
    expect(observed).toMatchObject({ status: 'completed', groups: ['0', '1'], pending: 0 });
    expect(events).toHaveLength(8);
    const sentAt = machine.bus.sent.filter(({ entity }) => entity === 'order-events').map((sent) => sent.sentAt);
    const firstTick = Date.parse(ending.stored.purchase.acceptedAt) + settings.watchdogSeconds * 1000;
    expect(Math.max(...sentAt)).toBeLessThan(firstTick);
  },
);

test('a bug that keeps striking after a checkout that bought a part does not go on forever', async () => {
  await sandbox.control('/sandbox/faults', { kind: 'order-error', code: 800069, group: '1', times: 1000 });
  const bug = { stage: 'checkout', when: 'after', times: 200 } as const;
  const machine = new Machine(sandbox, { bug, settings: { stageTimeoutSeconds: 3600 } });
  const { stored } = await machine.buy(request);
  expect(stored.purchase).toMatchObject({ status: 'held', stage: 'checkout', reason: { code: 'stage-timeout' } });
});
