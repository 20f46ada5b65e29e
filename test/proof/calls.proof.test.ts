import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { purchaseRequest } from '#shared/domain/purchase-request';
import { Machine } from '#test/support/machine';
import { oneLine, reservation, threeLines } from '#test/support/requests';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox(['--order-delay-seconds', '0', '--list-lag-seconds', '0']);
});
afterAll(() => sandbox.stop());

/** Which calls a purchase makes until its orders are placed, by a process that has sold the same before. */
async function callsOf(wish: unknown): Promise<Record<string, number>> {
  const machine = new Machine(sandbox);
  await machine.buy(purchaseRequest.parse(wish));
  const before = await sandbox.calls();
  const id = await machine.accept(purchaseRequest.parse(wish));
  await machine.runUntil('purchase-tracking');
  const after = await sandbox.calls();
  expect((await machine.look(id)).stored.purchase.stage).toBe('tracking');
  const made = Object.entries(after).map(([route, count]) => [route, count - (before[route] ?? 0)] as const);
  return Object.fromEntries(made.filter(([, count]) => count > 0));
}

const total = (calls: Record<string, number>) => Object.values(calls).reduce((sum, count) => sum + count, 0);

const licence = oneLine('CFQ7TTC0LH18', '0001', { termDuration: 'P1Y', billingCycle: 'monthly' });

test('one line of a known product is bought with three calls: availability, cart, checkout', async () => {
  const calls = await callsOf(licence);
  expect(Object.keys(calls)).toEqual([
    expect.stringMatching(/^GET .*availabilities$/),
    expect.stringMatching(/^POST .*carts$/),
    expect.stringMatching(/^POST .*checkout$/),
  ]);
  expect(total(calls)).toBe(3);
});

test('an inventory check costs one call more', async () => {
  const machine = { productId: 'DZH318Z0RST1', skuId: '0001' };
  await sandbox.control('/sandbox/faults', { kind: 'lose-inventory', ...machine, lost: false });
  const calls = await callsOf(oneLine(machine.productId, machine.skuId));
  expect(calls).toMatchObject({ 'POST /v1/extensions/product/checkInventory': 1 });
  expect(total(calls)).toBe(4);
});

test('a registered Azure subscription costs one look at it, beside the inventory check', async () => {
  expect(total(await callsOf(reservation))).toBe(5);
});

test('ten lines cost one call more for each further item, and none for a further line', async () => {
  const { lines } = threeLines;
  const wish = { ...threeLines, lines: [...lines, ...lines, ...lines, ...licence.lines] };
  expect(total(await callsOf(wish))).toBe(3 + 2);
});
