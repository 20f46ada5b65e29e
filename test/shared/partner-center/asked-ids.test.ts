import { expect, test } from '@jest/globals';
import type { Transport } from '#shared/partner-center/http/transport';
import { getCart, updateCart } from '#shared/partner-center/resources/carts';
import { getAvailability, getProduct, getSku, listAvailabilities } from '#shared/partner-center/resources/catalogue';
import { getCustomer } from '#shared/partner-center/resources/customers';
import { getInvoice } from '#shared/partner-center/resources/invoices';
import { cancelOrder, getOrder } from '#shared/partner-center/resources/orders';
import { getRegistrationStatus, getSubscription } from '#shared/partner-center/resources/subscriptions';
import { answering } from './answering';
import { aCall } from './client-under-test';

/** An answer about something else than was asked for is no answer. */

const DE = { kind: 'market', country: 'DE' } as const;
const sku = { id: '0001', productId: 'P1' };
const availability = { id: 'A1', productId: 'P1', skuId: '0001', catalogItemId: 'P1:0001:A1' };
const order = { id: 'o1', alternateId: 'short', referenceCustomerId: 'c1', lineItems: [] };
const anInvoice = { id: 'G1', totalCharges: 1, currencyCode: 'EUR' };

type Read = (pc: Transport) => Promise<unknown>;

const READS: [string, object, object, Read][] = [
  ['customer', { id: 'c1' }, { id: 'c2' }, (pc) => getCustomer(pc, 'c1', aCall())],
  ['product', { id: 'P1' }, { id: 'P2' }, (pc) => getProduct(pc, DE, 'P1', {}, aCall())],
  ['SKU', sku, { ...sku, id: '0002' }, (pc) => getSku(pc, DE, 'P1', '0001', {}, aCall())],
  ['SKU of a product', sku, { ...sku, productId: 'P2' }, (pc) => getSku(pc, DE, 'P1', '0001', {}, aCall())],
  [
    'availability',
    availability,
    { ...availability, catalogItemId: 'P2:0001:A1' },
    (pc) => getAvailability(pc, DE, 'P1', '0001', 'A1', aCall()),
  ],
  [
    'list of availabilities',
    { items: [availability] },
    { items: [availability, { ...availability, id: 'A2', catalogItemId: 'P1:0002:A2' }] },
    (pc) => listAvailabilities(pc, DE, 'P1', '0001', {}, aCall()),
  ],
  ['cart', { id: 'k1', lineItems: [] }, { id: 'k2', lineItems: [] }, (pc) => getCart(pc, 'c1', 'k1', aCall())],
  ['order', order, { ...order, id: 'o2' }, (pc) => getOrder(pc, 'c1', 'o1', {}, aCall())],
  [
    'order of another customer',
    order,
    { ...order, referenceCustomerId: 'c2' },
    (pc) => getOrder(pc, 'c1', 'o1', {}, aCall()),
  ],
  ['subscription', { id: 's1' }, { id: 's2' }, (pc) => getSubscription(pc, 'c1', 's1', aCall())],
  [
    'registration',
    { subscriptionId: 's1' },
    { subscriptionId: 's2' },
    (pc) => getRegistrationStatus(pc, 'c1', 's1', aCall()),
  ],
  ['invoice', anInvoice, { ...anInvoice, id: 'G2' }, (pc) => getInvoice(pc, 'G1', aCall())],
];

test.each(READS)(
  'another %s than was asked for is a contract error that names both',
  async (_what, right, wrong, read) => {
    await expect(read(answering(JSON.stringify(right)))).resolves.toBeDefined();
    await expect(read(answering(JSON.stringify(right).toUpperCase()))).resolves.toBeDefined();
    await expect(read(answering(JSON.stringify(wrong)))).rejects.toMatchObject({
      name: 'ContractError',
      problems: [expect.stringMatching(/".*" where ".*" was asked for/)],
      outcomeKnown: true,
    });
  },
);

test('after a write, an answer about something else leaves its outcome open', async () => {
  const cart = answering(JSON.stringify({ id: 'k2', lineItems: [] }));
  await expect(updateCart(cart, 'c1', 'k1', { lineItems: [] }, aCall())).rejects.toMatchObject({ outcomeKnown: false });
  const cancelled = answering(JSON.stringify({ ...order, id: 'o2' }));
  await expect(cancelOrder(cancelled, 'c1', 'o1', undefined, aCall())).rejects.toMatchObject({ outcomeKnown: false });
});

test('an order may be asked for by its short id too', async () => {
  await expect(getOrder(answering(JSON.stringify(order)), 'c1', 'SHORT', {}, aCall())).resolves.toBeDefined();
});
