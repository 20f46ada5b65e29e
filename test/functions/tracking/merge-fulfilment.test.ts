import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mergeFulfilment } from '#functions/tracking/merge-fulfilment';
import type { Entitlement } from '#shared/partner-center/resources/entitlements';
import { aPlacedOrder } from '#test/support/builders';

const order = aPlacedOrder({
  lines: [{ lineId: '1', catalogItemId: 'P:S:A', quantity: 2, lineItemNumber: 0 }],
});

function anEntitlement(rest: Partial<Entitlement> = {}): Entitlement {
  return {
    referenceOrder: { id: 'order-1', lineItemId: '0' },
    quantity: 2,
    quantityDetails: [],
    entitledArtifacts: [],
    includedEntitlements: [],
    ...rest,
  };
}

const attached = (...entitlements: Entitlement[]) =>
  mergeFulfilment([order], { entitlements, links: [] }).orders[0]?.lines[0];

test('an entitlement belongs to the line that its order and line number name', () => {
  expect(attached(anEntitlement())).toMatchObject({ entitlements: { count: 2, references: [] } });
});

test.each([
  ['another order', { id: 'order-2', lineItemId: '0' }],
  ['the order in other letters, which are another id', { id: 'ORDER-1', lineItemId: '0' }],
  ['another line', { id: 'order-1', lineItemId: '1' }],
])("an entitlement of %s is somebody else's", (_what, referenceOrder) => {
  expect(attached(anEntitlement({ referenceOrder }))).not.toHaveProperty('entitlements');
});

test('the references of a reservation are found, inside a bundle too', () => {
  const inside = anEntitlement({ entitledArtifacts: [{ resourceId: 'reservation-2' }] });
  const bundle = anEntitlement({
    entitledArtifacts: [{ resourceId: 'reservation-1' }],
    includedEntitlements: [inside],
  });
  expect(attached(bundle)).toMatchObject({
    entitlements: { count: 2, references: ['reservation-1', 'reservation-2'] },
  });
});

test('an activation link belongs to its line', () => {
  const found = [{ lineItemNumber: 0, link: { uri: 'https://activate.example.com/', headers: [] } }];
  const links = [{ orderId: 'order-1', lineId: '1', found }];
  expect(mergeFulfilment([order], { entitlements: [], links }).orders).toMatchObject([
    { lines: [{ activationLink: 'https://activate.example.com/' }] },
  ]);
  const other = [{ orderId: 'order-2', lineId: '1', found }];
  expect(mergeFulfilment([order], { entitlements: [], links: other })).toEqual({ orders: [order], tooLong: [] });
});

test('links that a purchase has no room for are left out and named, the others are kept', () => {
  const lines = [0, 1, 2].map((at) => ({
    lineId: `${at + 1}`,
    catalogItemId: 'P:S:A',
    quantity: 1,
    lineItemNumber: at,
  }));
  const links = lines.map(({ lineId, lineItemNumber }) => ({
    orderId: 'order-1',
    lineId,
    found: [{ lineItemNumber, link: { uri: `https://activate.example.com/${'x'.repeat(20_000)}`, headers: [] } }],
  }));
  const { orders, tooLong } = mergeFulfilment([aPlacedOrder({ lines })], { entitlements: [], links });
  expect(tooLong).toEqual(['3']);
  expect(orders[0]?.lines.map((line) => line.activationLink !== undefined)).toEqual([true, true, false]);
});

test('no piece of ours is lost, none is counted twice, and nothing else of an order changes', () => {
  const reference = fc.record({
    id: fc.constantFrom('order-1', 'order-2', 'order-9'),
    lineItemId: fc.constantFrom('0', '1', '7'),
  });
  const entitlement = fc
    .tuple(reference, fc.nat(5))
    .map(([referenceOrder, quantity]) => anEntitlement({ referenceOrder, quantity }));
  const lines = [0, 1].map((lineItemNumber) => ({
    lineId: `${lineItemNumber}`,
    catalogItemId: 'P:S:A',
    quantity: 1,
    lineItemNumber,
  }));
  const orders = ['order-1', 'order-2'].map((orderId) => aPlacedOrder({ orderId, lines }));
  fc.assert(
    fc.property(fc.array(entitlement, { maxLength: 6 }), (entitlements) => {
      const { orders: after } = mergeFulfilment(orders, { entitlements, links: [] });
      const isOurs = ({ referenceOrder }: Entitlement) =>
        referenceOrder?.id !== 'order-9' && referenceOrder?.lineItemId !== '7';
      const sum = (counts: number[]) => counts.reduce((all, count) => all + count, 0);
      const given = after.flatMap((one) => one.lines.map((line) => line.entitlements?.count ?? 0));
      expect(sum(given)).toBe(sum(entitlements.filter(isOurs).map(({ quantity = 0 }) => quantity)));
      const bare = after.map((one) => ({ ...one, lines: one.lines.map(({ entitlements: _got, ...line }) => line) }));
      expect(bare).toEqual(orders);
    }),
  );
});
