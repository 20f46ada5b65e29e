import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { purchaseRequest } from '#shared/domain/purchase-request';
import { cancelOrder } from '#shared/partner-center/resources/orders';
import type { PipelineSettings } from '#shared/pipeline/settings';
import { Machine } from '#test/support/machine';
import { eventsInOrder } from '#test/proof/ending';
import { oneLine, reservation, threeLines } from '#test/support/requests';
import { sandboxClient, startTestSandbox, type TestSandbox } from '#test/support/sandbox';

/** Tracking as a purchase meets it: the whole pipeline against the sandbox. */

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox(['--order-delay-seconds', '0', '--list-lag-seconds', '0']);
});
afterEach(() => sandbox.control('/sandbox/reset', {}));
afterAll(() => sandbox.stop());

const ORDER = '/v1/customers/{customerId}/orders/{orderId}';
const ROUTES = {
  order: `GET ${ORDER}`,
  provisioning: `GET ${ORDER}/provisioningstatus`,
  links: `GET ${ORDER}/lineitems/{lineItemNumber}/activationlinks`,
  entitlements: 'GET /v1/customers/{customerId}/entitlements',
};

async function buy(request: unknown, changes: Partial<PipelineSettings> = {}, context: TestSandbox = sandbox) {
  const before = await sandbox.calls();
  const { stored, history } = await new Machine(context, { settings: changes }).buy(purchaseRequest.parse(request));
  const after = await sandbox.calls();
  const calls = Object.fromEntries(
    Object.entries(ROUTES).map(([name, route]) => [name, (after[route] ?? 0) - (before[route] ?? 0)]),
  );
  return { purchase: stored.purchase, note: history.at(-1)?.note, calls };
}

const linesOf = ({ orders = [] }: Awaited<ReturnType<typeof buy>>['purchase']) =>
  orders.flatMap(({ lines }) => lines).toSorted((a, b) => a.lineId.localeCompare(b.lineId));
const perpetual = oneLine('DG7GMGF0D5P1', '0001');
const licence = oneLine('CFQ7TTC0LH18', '0001', { termDuration: 'P1Y', billingCycle: 'monthly' });

test('an order that is completed at once ends with one message: order, provisioning, and what the customer got', async () => {
  const { purchase, calls } = await buy(threeLines);
  expect(purchase).toMatchObject({ status: 'completed', attempts: { tracking: 1 } });
  expect(linesOf(purchase)).toMatchObject([
    { provisioning: 'fulfilled', subscriptionId: expect.any(String), activationLink: expect.stringMatching(/^https:/) },
    { provisioning: 'fulfilled', entitlements: { count: 2, references: [] } },
    { provisioning: 'fulfilled', subscriptionId: expect.any(String) },
  ]);
  // Two orders, both told whole by the checkout; one line is a marketplace subscription.
  expect(calls).toEqual({ order: 0, provisioning: 2, links: 1, entitlements: 1 });
});

test('what was bought decides what is asked for: a licence has neither entitlements nor activation links', async () => {
  expect(await buy(licence)).toMatchObject({ calls: { order: 0, provisioning: 1, links: 0, entitlements: 0 } });
  expect(await buy(perpetual)).toMatchObject({ calls: { order: 0, provisioning: 1, links: 0, entitlements: 1 } });
});

test('a reservation ends with the ids of its Azure reservation orders', async () => {
  const { purchase } = await buy(reservation);
  expect(linesOf(purchase)).toMatchObject([{ entitlements: { count: 1, references: [expect.stringMatching(/\w/)] } }]);
});

test('while an order is pending it costs one call a look, and no more', async () => {
  await sandbox.control('/sandbox/settings', { orderDelaySeconds: 60 });
  const { purchase, calls } = await buy(licence);
  // Looks after 0, 15, 45 and 105 seconds.
  expect(purchase).toMatchObject({ status: 'completed', attempts: { tracking: 4 } });
  expect(calls).toEqual({ order: 4, provisioning: 1, links: 0, entitlements: 0 });
});

test('without the consent of a user the order alone decides, and the history says what was not read', async () => {
  const nowhere = join(tmpdir(), 'cartage-no-such-folder', 'secrets.json');
  const withdrawn = 'sandbox-refresh-token-revoked';
  const partnerCenter = sandboxClient(sandbox.url, nowhere, {}, () => sandbox.now().getTime(), withdrawn);
  const { purchase, note, calls } = await buy(perpetual, {}, { ...sandbox, partnerCenter });
  expect(purchase.status).toBe('completed');
  expect(linesOf(purchase)[0]).not.toHaveProperty('provisioning');
  expect(note).toContain('not read: sign in (user)');
  expect(calls).toEqual({ order: 0, provisioning: 0, links: 0, entitlements: 0 });
});

test('with an answer of 403/900329 the order alone decides as well', async () => {
  const rejection = { kind: 'error', status: 403, code: 900329 };
  await sandbox.control('/sandbox/faults', [
    { ...rejection, route: 'getProvisioningStatus' },
    { ...rejection, route: 'listEntitlements' },
  ]);
  const { purchase, note } = await buy(perpetual);
  expect(purchase.status).toBe('completed');
  expect(note).toBe(
    `order ${purchase.orders?.[0]?.orderId} completed, not read: get provisioning status (900329), not read: list entitlements (900329)`,
  );
});

test('a passing failure of one of these reads is waited for', async () => {
  const trouble = { kind: 'error', status: 409, code: 999999 };
  await sandbox.control('/sandbox/faults', { ...trouble, route: 'getProvisioningStatus' });
  const { purchase } = await buy(perpetual);
  expect(purchase).toMatchObject({ status: 'completed', attempts: { tracking: 2 } });
  expect(linesOf(purchase)).toMatchObject([{ provisioning: 'fulfilled', entitlements: { count: 1 } }]);
});

test('a purchase whose only order is cancelled in Partner Center meanwhile ends as cancelled, and tells so', async () => {
  await sandbox.control('/sandbox/settings', { orderDelaySeconds: 60 });
  const machine = new Machine(sandbox);
  const purchaseId = await machine.accept(purchaseRequest.parse(perpetual));
  await machine.runUntil('purchase-tracking');
  const [order] = (await machine.look(purchaseId)).stored.purchase.orders ?? [];
  const call = { requestId: 'somebody-else', correlationId: 'somebody-else' };
  await sandbox.advance(60);
  await cancelOrder(sandbox.partnerCenter, perpetual.customerId, order?.orderId ?? '', undefined, call);
  const { stored, events } = await machine.run(purchaseId);
  expect(stored.purchase).toMatchObject({ status: 'cancelled', orders: [{ status: 'cancelled' }] });
  expect(eventsInOrder(events)).toEqual([
    '1 accepted',
    '2 discovered',
    '3 carted',
    '4 order-placed',
    '5 order-cancelled',
    '6 cancelled',
  ]);
});

test('with tracking of provisioning turned off, the order alone is read, until it is completed', async () => {
  const off = await buy(threeLines, { trackProvisioning: false });
  expect(off.purchase.status).toBe('completed');
  expect(off.calls).toEqual({ order: 0, provisioning: 0, links: 0, entitlements: 0 });
  await sandbox.control('/sandbox/settings', { orderDelaySeconds: 10 });
  const later = await buy(threeLines, { trackProvisioning: false });
  expect(later.purchase.status).toBe('completed');
  expect(later.calls).toEqual({ order: 4, provisioning: 0, links: 0, entitlements: 0 });
});
