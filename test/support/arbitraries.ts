import fc from 'fast-check';
import {
  itemKinds,
  stageNames,
  terminalStatuses,
  type CartLine,
  type OrderedLine,
  type PlacedOrder,
  type Purchase,
  type PurchaseCart,
} from '#shared/domain/purchase';
import type { RequestedLine } from '#shared/domain/purchase-request';
import type { Availability, Sku } from '#shared/partner-center/resources/catalogue';
import { PartnerCenterError, type Remedy } from '#shared/partner-center/errors/partner-center-error';
import type { Order } from '#shared/partner-center/resources/orders';
import { aCart, anAvailability, anOrder, aPurchase, aSku, aTerm, NOW, anIntent } from './builders';

/**
 * Random things of the domain. They are drawn from small pools, so that the interesting coincidences (two lines of the same
 * item, two groups that hold the same) are common.
 */

const seconds = (offset: number) => new Date(NOW.getTime() + offset * 1000).toISOString();
/** Some time within an hour before or after now. */
export const time = fc.integer({ min: -3600, max: 3600 }).map(seconds);

const item = fc.constantFrom('A:0001:AV1', 'B:0001:AV1', 'C:0001:AV1');
const group = fc.constantFrom('0', '1', '2');
export const quantity = fc.integer({ min: 1, max: 3 });
export const currency = fc.constantFrom('EUR', 'USD');

const cartLine = fc.record({ catalogItemId: item, quantity, orderGroup: group });

/** A cart of up to six lines in up to three groups. */
export const cart: fc.Arbitrary<PurchaseCart> = fc
  .array(cartLine, { minLength: 1, maxLength: 6 })
  .map((lines) => aCart({ lines: lines.map((line, at) => ({ lineId: `${at + 1}`, ...line })) }));

export const groupsOf = ({ lines }: PurchaseCart): string[] => [...new Set(lines.map(({ orderGroup }) => orderGroup))];

export const contentsOf = (lines: { catalogItemId: string; quantity: number }[]): string =>
  lines
    .map((line) => `${line.catalogItemId} x ${line.quantity}`)
    .toSorted()
    .join();

export const linesOf = (of: PurchaseCart, orderGroup: string): CartLine[] =>
  of.lines.filter((line) => line.orderGroup === orderGroup);

/** The order of a group as Partner Center would make it. */
export function orderOf(of: PurchaseCart, orderGroup: string, id: string, rest: Partial<Order> = {}): Order {
  const lines = linesOf(of, orderGroup).map((line): [string, number] => [line.catalogItemId, line.quantity]);
  return anOrder(id, lines.toReversed(), rest);
}

/** The order of a group as a purchase remembers it. */
export function placedOrderOf(of: PurchaseCart, orderGroup: string, orderId: string): PlacedOrder {
  return { orderGroup, orderId, status: 'pending', lines: linesOf(of, orderGroup).map(forgetGroup) };
}

function forgetGroup({ lineId, catalogItemId, quantity: pieces }: CartLine): OrderedLine {
  return { lineId, catalogItemId, quantity: pieces };
}

/** Somebody's order of one or two lines, at some time. */
export const anyOrder: fc.Arbitrary<Order> = fc
  .tuple(fc.array(fc.tuple(item, quantity), { minLength: 1, maxLength: 2 }), time, fc.nat(1_000_000))
  .map(([lines, creationDate, number]) => anOrder(`foreign-${number}`, lines, { creationDate }));

const orderedLine = fc.record(
  {
    catalogItemId: item,
    quantity,
    subscriptionId: fc.constantFrom('sub-1', 'sub-2'),
    provisioning: fc.constantFrom('pending' as const, 'fulfilled' as const, 'unfulfilled' as const),
  },
  { requiredKeys: ['catalogItemId', 'quantity'] },
);

/** An order in any state that tracking may know it in. */
export const placedOrder: fc.Arbitrary<PlacedOrder> = fc.record({
  orderGroup: group,
  orderId: fc.constantFrom('order-1', 'order-2', 'order-3'),
  status: fc.constantFrom('pending' as const, 'completed' as const, 'cancelled' as const),
  lines: fc
    .array(orderedLine, { minLength: 1, maxLength: 3 })
    .map((lines) => lines.map((line, at) => ({ lineId: `${at + 1}`, ...line }))),
});

/** Up to three orders, each once. */
export const placedOrders = fc.uniqueArray(placedOrder, { selector: ({ orderId }) => orderId, maxLength: 3 });

const intent = fc.record({ answersBefore: fc.nat(2), startedAt: time, leaseEndsAt: time }).map(anIntent);

/** A purchase somewhere on its way or at its end: any stage, status, intent, answers and orders. */
export const purchase: fc.Arbitrary<Purchase> = fc
  .record(
    {
      status: fc.constantFrom('open' as const, 'held' as const, ...terminalStatuses),
      stage: fc.constantFrom(...stageNames),
      stageSince: time,
      cart,
      checkoutIntent: intent,
      answersByOperation: fc.nat(2).map((count) => ({ 'checkout/cart-1': count })),
      orders: placedOrders,
      catalogueRefreshed: fc.boolean(),
      attempt: fc.integer({ min: 1, max: 60 }),
    },
    { requiredKeys: ['status', 'stage', 'stageSince', 'answersByOperation', 'attempt'] },
  )
  .map(({ attempt, ...rest }) => aPurchase({ ...rest, attempts: { [rest.stage]: attempt } }));

const duration = fc.constantFrom('P1Y', 'P3Y');
const cycle = fc.constantFrom('monthly' as const, 'annual' as const);

const term = fc
  .tuple(duration, fc.option(cycle, { nil: undefined }))
  .map(([length, billing]) => aTerm(length, billing));

/** The first of these mostly, so that what has many conditions is met now and then. */
function mostly<T>(usual: T, other: T): fc.Arbitrary<T> {
  return fc.constantFrom(usual, usual, usual, usual, other);
}

/** One that fits most wishes half of the time. */
export const availability: fc.Arbitrary<Availability> = fc
  .record({
    id: fc.integer({ min: 0, max: 9999 }).map((number) => `AV${`${number}`.padStart(4, '0')}`),
    isPurchasable: mostly(true, false),
    country: mostly('DE', 'US'),
    segment: mostly('commercial', 'education'),
    defaultCurrency: mostly({ code: 'EUR' }, { code: 'USD' }),
    terms: fc.array(term, { maxLength: 2 }),
  })
  .map((made) => anAvailability({ ...made, catalogItemId: `P:S:${made.id}` }));

export const availabilities = fc.uniqueArray(availability, { selector: ({ id }) => id, maxLength: 6 });

/** What a line may say of the availability it wants. */
export const wish: fc.Arbitrary<Partial<RequestedLine>> = fc.record(
  {
    quantity: fc.oneof(fc.constant(4), fc.integer({ min: 1, max: 12 })),
    segment: mostly<'commercial' | 'education'>('commercial', 'education'),
    billingCycle: cycle,
    termDuration: duration,
    currencyCode: mostly('EUR', 'USD'),
  },
  { requiredKeys: ['quantity', 'segment'] },
);

export const sku: fc.Arbitrary<Sku> = fc
  .record({
    minimumQuantity: fc.integer({ min: 1, max: 4 }),
    maximumQuantity: fc.integer({ min: 4, max: 12 }),
    supportedBillingCycles: fc.subarray(['monthly', 'annual'], { minLength: 1 }),
  })
  .map(aSku);

export const kind = fc.constantFrom(...itemKinds);

export const remedy = fc.constantFrom<Remedy[]>('repeat', 'wait', 'verify', 'refresh-catalogue', 'reject', 'hold');

/** Whatever a call may throw that is Partner Center's doing. */
export const failure: fc.Arbitrary<PartnerCenterError> = fc
  .record(
    {
      remedy,
      outcomeKnown: fc.boolean(),
      status: fc.constantFrom(400, 401, 403, 404, 409, 429, 500, 503),
      code: fc.constantFrom('800004', '800064', '999999', 'timeout'),
      retryAfterSeconds: fc.oneof(fc.nat(600), fc.nat(10_000_000)),
      detail: fc.string(),
    },
    { requiredKeys: ['remedy', 'outcomeKnown'] },
  )
  .map(
    (changes) =>
      new PartnerCenterError({
        operation: 'test',
        requestId: 'r',
        correlationId: 'c',
        advice: 'Look at it.',
        ...changes,
      }),
  );
