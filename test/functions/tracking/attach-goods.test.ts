import { expect, test } from '@jest/globals';
import { attachGoods } from '#functions/tracking/attach-goods';
import type { Entitlement } from '#shared/partner-center/entitlements';
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

const attached = (...entitlements: Entitlement[]) => attachGoods([order], { entitlements, links: [] })[0]?.lines[0];

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
  expect(attachGoods([order], { entitlements: [], links })).toMatchObject([
    { lines: [{ activationLink: 'https://activate.example.com/' }] },
  ]);
  const other = [{ orderId: 'order-2', lineId: '1', found }];
  expect(attachGoods([order], { entitlements: [], links: other })).toEqual([order]);
});
