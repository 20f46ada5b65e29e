import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { resumePurchase } from '#functions/operators/resume-purchase';
import { purchaseRequest } from '#shared/domain/purchase-request';
import { eventsInOrder } from '#test/proof/ending';
import { Machine } from '#test/support/machine';
import { oneLine } from '#test/support/requests';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';

/** Orders in every status that Partner Center knows, as a purchase meets them: the whole pipeline against the sandbox. */

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox(['--order-delay-seconds', '0', '--list-lag-seconds', '0']);
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.stop());

const licence = { termDuration: 'P1Y', billingCycle: 'monthly' };
const statusOf = (status: string) =>
  oneLine('CFQ7TTC0LH18', '0001', { ...licence, friendlyName: `sandbox:order-status:${status}` });

async function buy(request: object) {
  const machine = new Machine(sandbox);
  const ending = await machine.buy(purchaseRequest.parse(request));
  return { machine, ...ending, names: eventsInOrder(ending.events) };
}

async function setStatus(status: string | null): Promise<void> {
  const [order] = await sandbox.orders();
  await sandbox.control(`/sandbox/orders/${order?.orderId}`, { status });
}

test('entitlements that cannot be read at all are left out and noted: what was bought is bought', async () => {
  const fault = {
    kind: 'change-answer',
    route: 'listEntitlements',
    at: 'items',
    value: { unexpected: true },
    times: 100,
  };
  await sandbox.control('/sandbox/faults', fault);
  const { stored, history } = await buy(oneLine('DG7GMGF0D5P1', '0001'));
  expect(stored.purchase).toMatchObject({ status: 'completed' });
  expect(history.at(-1)?.note).toContain('not read: list entitlements (unreadable)');
});

test.each([
  ['error', 'failed', 'order-error'],
  ['po_review_rejected', 'failed', 'order-po-review-rejected'],
])('a purchase whose order ends in %s is %s, and the event of the order says so', async (status, ending, code) => {
  const { stored, names, events } = await buy(statusOf(status));
  expect(stored.purchase).toMatchObject({ status: ending, reason: { code } });
  expect(names.slice(-3)).toEqual(['4 order-placed', '5 order-failed', '6 failed']);
  expect(events.find(({ type }) => type === 'cartage.order.failed.v1')?.data).toMatchObject({ reason: { code } });
});

test('a purchase whose order fails beside one that is bought is partially completed', async () => {
  const other = oneLine('DG7GMGF0D5P1', '0001').lines;
  const { stored } = await buy({ ...statusOf('error'), lines: [...statusOf('error').lines, ...other] });
  expect(stored.purchase).toMatchObject({ status: 'partially-completed', reason: { code: 'order-error' } });
});

test.each(['pending_po_upload', 'suspended', 'a_word_from_the_future'])(
  'an order in status %s is held with the word; resumed, it is held again or followed to its end',
  async (status) => {
    const { stored, machine } = await buy(statusOf(status));
    expect(stored.purchase).toMatchObject({
      status: 'held',
      stage: 'tracking',
      reason: { message: expect.stringContaining(status) },
    });
    await resumePurchase(stored.purchase.id, 'looked at it', machine.deps);
    expect((await machine.run(stored.purchase.id)).stored.purchase).toMatchObject({
      status: 'held',
      stage: 'tracking',
    });
    await setStatus(null);
    await resumePurchase(stored.purchase.id, 'set right', machine.deps);
    const { stored: ended, events } = await machine.run(stored.purchase.id);
    expect(ended.purchase).toMatchObject({ status: 'completed', orders: [{ status: 'completed' }] });
    expect(ended.purchase).not.toHaveProperty('orders.0.statusWord');
    expect(eventsInOrder(events).filter((name) => name.includes('order-'))).toEqual([
      '4 order-placed',
      expect.stringContaining('order-completed'),
    ]);
  },
);

test.each(['pending_review', 'po_upload_complete'])('an order in status %s is waited for, and told', async (status) => {
  const machine = new Machine(sandbox, { settings: { stageTimeoutSeconds: 3600 } });
  const { stored, history } = await machine.buy(purchaseRequest.parse(statusOf(status)));
  expect(stored.purchase).toMatchObject({ status: 'held', reason: { code: 'stage-timeout' } });
  const waits = history.filter(({ stage, outcome }) => stage === 'tracking' && outcome === 'retry');
  expect(waits.length).toBeGreaterThan(3);
  expect(waits[0]?.note).toContain(status);
});

test('a licence is not complete without its subscription id, and is followed until it has one', async () => {
  const fault = { kind: 'change-answer', at: 'lineItems.0.subscriptionId' };
  await sandbox.control('/sandbox/faults', [
    { ...fault, route: 'checkout', at: 'orders.0.lineItems.0.subscriptionId' },
    { ...fault, route: 'getOrder', times: 2 },
  ]);
  const { stored, history, names } = await buy(oneLine('CFQ7TTC0LH18', '0001', licence));
  expect(stored.purchase).toMatchObject({
    status: 'completed',
    orders: [{ lines: [{ subscriptionId: expect.any(String) }] }],
  });
  const waits = history.filter(({ stage, outcome }) => stage === 'tracking' && outcome === 'retry');
  expect(waits.map(({ note }) => note)).toEqual(Array(2).fill(expect.stringContaining('without its subscription yet')));
  expect(names.slice(-3)).toEqual(['4 order-placed', '5 order-completed', '6 completed']);
});
