import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { cancelPurchase } from '#functions/operators/cancel-purchase';
import { resumePurchase } from '#functions/operators/resume-purchase';
import { aRequest } from '#test/support/builders';
import { Machine } from '#test/support/machine';
import { threeLines } from '#test/support/requests';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';
import { observe, withLedger } from './ending';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox(['--order-delay-seconds', '5', '--list-lag-seconds', '30'], { timeoutSeconds: 0.4 });
});
afterEach(() => sandbox.clearFaults());
afterAll(() => sandbox.stop());

const reads = ['getCustomer', 'getSku', 'listAvailabilities', 'getOrder'];
const writes = ['createCart', 'checkout'];

const faults: Record<string, unknown>[] = [
  { kind: 'reset-before' },
  { kind: 'lost-answer' },
  { kind: 'hang', effect: false },
  { kind: 'hang', effect: true },
  { kind: 'error', status: 500, code: 800003, effect: false },
  { kind: 'error', status: 500, code: 800003, effect: true },
  { kind: 'error', status: 503, code: 0, effect: false },
  { kind: 'html', status: 502, effect: true },
  { kind: 'throttle', seconds: 1, retryAfter: 'seconds' },
  { kind: 'throttle', seconds: 1, retryAfter: 'date' },
  { kind: 'throttle', seconds: 1, retryAfter: 'none' },
  { kind: 'truncated' },
  { kind: 'truncated', cut: true },
  { kind: 'wrong-types' },
  { kind: 'expire-tokens' },
  { kind: 'rotate-availabilities' },
  { kind: 'redirect', location: 'http://127.0.0.1:9/' },
];
const checkoutFaults = [
  { kind: 'error', status: 409, code: 800060, effect: true },
  { kind: 'error', status: 409, code: 800064, effect: false },
  { kind: 'error', status: 500, code: 800005, effect: true },
  { kind: 'error', status: 500, code: 800005, effect: false },
];

const cases = [
  ...[...reads, ...writes].flatMap((route) => faults.map((fault) => ({ route, ...fault }))),
  ...checkoutFaults.map((fault) => ({ route: 'checkout', ...fault })),
];

test.each(cases.map((fault) => [JSON.stringify(fault), fault]))(
  '%s: one order per group in the end',
  async (_name, fault) => {
    await sandbox.control('/sandbox/faults', fault);
    const machine = new Machine(sandbox, { settings: { checkoutTimeoutSeconds: 0.4 } });
    let ending = await machine.buy(aRequest(threeLines.lines));
    if (ending.stored.purchase.status === 'held') {
      // An answer that can't be read, or a rejected sign-in, asks for a person; the person says: go on.
      await resumePurchase(ending.stored.purchase.id, 'the fault is gone', machine.deps);
      ending = await machine.run(ending.stored.purchase.id);
    }
    const { stored, groups } = await withLedger(sandbox, ending);
    expect({ status: stored.purchase.status, groups, pending: stored.pending }).toEqual({
      status: 'completed',
      groups: ['0', '1'],
      pending: [],
    });
  },
);

test('an order group that Partner Center rejects is told line by line, and the others are bought', async () => {
  await sandbox.control('/sandbox/faults', { kind: 'order-error', code: 800069, group: '1' });
  const { stored, groups } = await withLedger(sandbox, await new Machine(sandbox).buy(aRequest(threeLines.lines)));
  expect(groups).toEqual(['0']);
  expect(stored.purchase).toMatchObject({
    status: 'partially-completed',
    rejectedGroups: [
      { orderGroup: '1', lineIds: ['2'], reason: { code: '800069', advice: expect.stringMatching(/\w/) } },
    ],
  });
});

test('an order group that failed for a passing reason is tried again, and the other is not bought twice', async () => {
  await sandbox.control('/sandbox/faults', { kind: 'order-error', code: 800014, group: '1' });
  const { stored, groups } = await withLedger(sandbox, await new Machine(sandbox).buy(aRequest(threeLines.lines)));
  expect(groups).toEqual(['0', '1']);
  expect(stored.purchase).toMatchObject({ status: 'completed', attempts: { checkout: 2 } });
});

test.each([800004, 800009, 800022, 999_999])(
  'a lost answer that told of a part, and error %d on the repeat: the part is neither bought again nor forgotten',
  async (code) => {
    await sandbox.control('/sandbox/faults', [
      { kind: 'order-error', code: 800069, group: '1' },
      { kind: 'lost-answer', route: 'checkout' },
      { kind: 'error', route: 'checkout', skip: 1, status: 400, code, effect: false },
    ]);
    const machine = new Machine(sandbox, { settings: { checkoutTimeoutSeconds: 0.4 } });
    const { stored } = await machine.buy(aRequest(threeLines.lines));
    const { id, status } = stored.purchase;
    expect(status).toBe('held');
    expect(await cancelPurchase(id, '', machine.deps)).toMatchObject({ kind: 'not-possible' });
    await resumePurchase(id, 'the fault is gone', machine.deps);
    const ended = await withLedger(sandbox, await machine.run(id));
    expect({ status: ended.stored.purchase.status, groups: ended.groups }).toEqual({
      status: 'partially-completed',
      groups: ['0'],
    });
  },
);

test.each([
  ['bought everything', true, { status: 'completed', groups: ['0', '1'] }],
  // A cart that is gone does not tell whether it was ever ordered: only a person can say so.
  ['bought nothing', false, { status: 'held', reason: '800008', groups: [] }],
])(
  'a checkout that %s and was not heard of until its cart is past: no other cart is made',
  async (_what, effect, expected) => {
    await sandbox.control('/sandbox/faults', [
      { kind: 'error', route: 'checkout', status: 500, code: 800003, effect },
      { kind: 'error', route: 'getCart', status: 400, code: 999_999, times: 1000 },
    ]);
    const machine = new Machine(sandbox);
    const { stored } = await machine.buy(aRequest(threeLines.lines));
    const { id, cart } = stored.purchase;
    await sandbox.clearFaults();
    await sandbox.advance(8 * 24 * 3600);
    await resumePurchase(id, 'Partner Center is back', machine.deps);
    const ended = await withLedger(sandbox, await machine.run(id));
    expect(observe(ended)).toMatchObject({ ...expected, pending: 0 });
    expect(ended.stored.purchase.cart?.id).toBe(cart?.id);
  },
);

test('a bare rejection from something in between says nothing of a checkout that may still take effect', async () => {
  const machine = new Machine(sandbox, { lateCheckout: 3 });
  await sandbox.control('/sandbox/faults', { kind: 'redirect', route: 'checkout', location: 'http://127.0.0.1:9/' });
  const { stored } = await machine.buy(aRequest(threeLines.lines));
  if (stored.purchase.status === 'held') await resumePurchase(stored.purchase.id, '', machine.deps);
  const ended = await withLedger(sandbox, await machine.run(stored.purchase.id));
  expect({ status: ended.stored.purchase.status, groups: ended.groups }).toEqual({
    status: 'completed',
    groups: ['0', '1'],
  });
});
