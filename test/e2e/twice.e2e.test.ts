import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readCounts } from '@cartage/stack/instruments';
import { eventsInOrder } from '#test/proof/ending';
import { eventually } from '@cartage/stack/eventually';
import { startLocalStack, type LocalStack } from '#test/support/local-stack';
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
    const orderEvents = ['order-placed', 'order-completed'].flatMap((name) => groups.map(() => name));
    const names = ['accepted', 'discovered', 'carted', ...orderEvents, 'completed'];
    await eventually('the last event', () => (eventsOf(id).length >= names.length ? true : undefined));
    expect(eventsOf(id)).toEqual(names.map((name, at) => `${at + 1} ${name}`));
  }

  const counts = await readCounts(local.stack);
  const { sent = 0, delivered = 0 } = counts.get('purchase-discovery') ?? {};
  expect(delivered).toBeGreaterThanOrEqual(2 * sent);
}, 60_000);

/** The distinct events of a purchase, in their order. */
function eventsOf(purchaseId: string): string[] {
  const own = local.events.filter(({ partitionkey }) => partitionkey === purchaseId);
  return eventsInOrder([...new Map(own.map((event) => [event.id, event])).values()]);
}
