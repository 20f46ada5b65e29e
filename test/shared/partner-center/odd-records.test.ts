import { expect, test } from '@jest/globals';
import type { OddRecord, OnOdd } from '#shared/partner-center/http/odd-record';
import type { Transport } from '#shared/partner-center/http/transport';
import { listAuditRecords } from '#shared/partner-center/resources/audit-records';
import { getCart } from '#shared/partner-center/resources/carts';
import { listAvailabilities } from '#shared/partner-center/resources/catalogue';
import { listCustomers } from '#shared/partner-center/resources/customers';
import { listEntitlements } from '#shared/partner-center/resources/entitlements';
import { listInvoices } from '#shared/partner-center/resources/invoices';
import { listInvoiceLineItems } from '#shared/partner-center/resources/line-items';
import { getOrder, listOrders } from '#shared/partner-center/resources/orders';
import { listSubscriptions } from '#shared/partner-center/resources/subscriptions';
import { answering } from './answering';
import { aCall } from './client-under-test';
import { all } from './documented-answers';

/** One odd record never stops a list. */

const DE = { kind: 'market', country: 'DE' } as const;
const invoice = (id: unknown, rest: object = {}) => ({ id, totalCharges: 1, currencyCode: 'EUR', ...rest });
const order = (id: unknown) => ({ id, lineItems: [{ lineItemNumber: 0, quantity: 1 }] });
const availability = (id: unknown) => ({ id, productId: 'P', skuId: 'S', catalogItemId: `P:S:${String(id)}` });
const usage = (quantity: unknown) => ({ quantity, attributes: { objectType: 'OneTimeInvoiceLineItem' } });
const entitlement = (quantity: unknown) => ({ quantity });

type Read = (pc: Transport, onOdd: OnOdd) => Promise<unknown[]>;

test.each<[string, unknown[], Read]>([
  [
    'invoices',
    [invoice('a'), invoice('b', { currencyCode: null }), invoice('c')],
    (pc, onOdd) => all(listInvoices(pc, {}, aCall(), onOdd)),
  ],
  ['orders', [order('a'), order(null), order('c')], (pc, onOdd) => listOrders(pc, 'c1', {}, aCall(), onOdd)],
  [
    'availabilities',
    [availability('a'), { ...availability('b'), isPurchasable: 'perhaps' }, availability('c')],
    (pc, onOdd) => listAvailabilities(pc, DE, 'P', 'S', {}, aCall(), onOdd),
  ],
  [
    'audit records',
    [{ id: 'a' }, { id: 'b', operationDate: 'yesterday' }, { id: 'c' }],
    (pc, onOdd) => all(listAuditRecords(pc, { startDate: '2026-01-01' }, aCall(), onOdd)),
  ],
  [
    'line items',
    [usage(1), usage('many'), usage(2)],
    (pc) => all(listInvoiceLineItems(pc, 'G1', { kind: 'one_time' }, aCall())),
  ],
  ['customers', [{ id: 'a' }, 'b', { id: 'c' }], (pc) => all(listCustomers(pc, {}, aCall()))],
  ['entitlements', [entitlement(1), entitlement('x'), entitlement(2)], (pc) => listEntitlements(pc, 'c1', {}, aCall())],
  ['subscriptions', [{ id: 'a' }, null, { id: 'c' }], (pc) => listSubscriptions(pc, 'c1', {}, aCall())],
])('an odd record among %s costs only itself, and is told of with its place', async (_what, items, read) => {
  const logged: OddRecord[] = [];
  const asked: OddRecord[] = [];
  const pc = { ...answering(JSON.stringify({ items })), onOdd: (odd: OddRecord) => logged.push(odd) };
  expect(await read(pc, (odd) => asked.push(odd))).toHaveLength(2);
  expect(logged).toMatchObject([{ place: 2, raw: items[1], problems: [expect.any(String)] }]);
  if (asked.length > 0) expect(asked).toEqual(logged);
});

test('an audit record without an id, as the page itself shows one, is a record', async () => {
  const records = [{ operationType: 'create_order' }, { operationType: 'create_order', customerId: 'c' }];
  const twice = JSON.stringify({ items: [...records, records[0]] });
  expect(await all(listAuditRecords(answering(twice), { startDate: '2026-01-01' }, aCall()))).toHaveLength(2);
});

test('a page of nothing but odd records is not the end of the list', async () => {
  const pages = [[invoice('a')], [invoice('b', { totalCharges: 'n/a' })], [invoice('c')]];
  const pc: Transport = {
    ...answering('{}'),
    send: async ({ query }) => {
      const at = Number(query?.['offset'] ?? 0);
      const links = at < 2 ? { next: { uri: '/invoices' } } : {};
      return { status: 200, header: () => undefined, body: { items: pages[at], links } };
    },
  };
  expect(await all(listInvoices(pc, {}, aCall()))).toMatchObject([{ id: 'a' }, { id: 'c' }]);
});

test('a list of odd records alone is told of a few times in the log, and each time to whoever asked', async () => {
  const items = Array.from({ length: 100 }, (_, at) => invoice(`${at}`, { paidAmount: 'n/a' }));
  const told = { log: 0, asker: 0 };
  const pc = { ...answering(JSON.stringify({ items })), onOdd: () => (told.log += 1) };
  expect(await all(listInvoices(pc, {}, aCall(), () => (told.asker += 1)))).toEqual([]);
  expect(told).toEqual({ log: 10, asker: 100 });
});

test('an odd amendment or tax receipt is set aside, and its invoice stays', async () => {
  const amendments = [invoice('b'), { id: 'c', currencyCode: 'EUR' }];
  const whole = invoice('a', { amendments, taxReceipts: [{ id: null }, { id: 't' }] });
  expect(await all(listInvoices(answering(JSON.stringify({ items: [whole] })), {}, aCall()))).toMatchObject([
    {
      id: 'a',
      amendments: [{ id: 'b' }],
      taxReceiptIds: ['t'],
      oddParts: [{ raw: { id: 'c' }, problems: [expect.stringContaining('totalCharges')] }, { raw: { id: null } }],
    },
  ]);
});

test('what decides about money must be whole: a cart, and an order that is read by its id', async () => {
  const cart = JSON.stringify({ id: 'k', lineItems: [{ catalogItemId: 'P:S:A' }] });
  await expect(getCart(answering(cart), 'c1', 'k', aCall())).rejects.toHaveProperty('name', 'ContractError');
  const spoiled = JSON.stringify({ id: 'o', lineItems: [{ quantity: 1 }] });
  await expect(getOrder(answering(spoiled), 'c1', 'o', {}, aCall())).rejects.toHaveProperty('name', 'ContractError');
});
