import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readCounts } from '@cartage/stack/instruments';
import { eventually, startLocalStack, type LocalStack } from '#test/support/local-stack';
import { reservation, threeLines } from '#test/support/requests';

/** The broker delivers each message once more after it was completed, as if the completion had been lost. */
let local: LocalStack;
beforeAll(async () => {
  local = await startLocalStack({ brokerArgs: ['--faults'] });
  const faults = await fetch(`${local.stack.brokerAdminUrl}/faults`, {
    method: 'POST',
    body: JSON.stringify({ deliverTwice: true }),
  });
  expect(faults.ok).toBe(true);
}, 60_000);
afterAll(() => local.stop());

test('with every webhook, queue message and event delivered twice, each order group is bought once and told once', async () => {
  const purchaseId = await local.buy('twice-crm-1', threeLines);
  expect(await local.buy('twice-crm-1', threeLines)).toBe(purchaseId);
  const erpId = await local.order('twice-erp-1', JSON.stringify(reservation));
  await local.order('twice-erp-1', JSON.stringify(reservation));

  for (const [id, groups] of [
    [purchaseId, ['0', '1']],
    [erpId, ['0']],
  ] as const) {
    const view = await local.ending(id);
    expect(view.status).toBe('completed');
    const orders = await local.ordersOf(view);
    expect(orders.map(({ orderGroup }) => orderGroup).toSorted()).toEqual(groups);
    expect(orders.map(({ orderId }) => orderId).toSorted()).toEqual(
      view.orders?.map(({ orderId }) => orderId).toSorted(),
    );
    await eventually('the last event', () => (tale(id).length >= 5 ? true : undefined));
    expect(tale(id)).toEqual(['accepted', 'discovered', 'carted', 'placed', 'completed']);
  }

  const counts = await readCounts(local.stack);
  const { sent = 0, delivered = 0 } = counts.get('purchase-discovery') ?? {};
  expect(delivered).toBeGreaterThanOrEqual(2 * sent);
}, 60_000);

/** The distinct events of a purchase, in their order. */
function tale(purchaseId: string): (string | undefined)[] {
  const own = new Map(local.events.filter(({ subject }) => subject === purchaseId).map((event) => [event.id, event]));
  return [...own.values()]
    .toSorted((a, b) => Number(a.sequence) - Number(b.sequence))
    .map(({ type }) => type.split('.')[2]);
}
