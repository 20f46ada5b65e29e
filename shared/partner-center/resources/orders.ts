import type { z } from 'zod';
import { orderStatuses, type OrderStatus } from '#shared/domain/order-status';
import { callApi } from '#shared/partner-center/http/call-api';
import { expectIds, isSameId } from '#shared/partner-center/http/expect-ids';
import type { OnOdd } from '#shared/partner-center/http/odd-record';
import { path } from '#shared/partner-center/http/path';
import { readList } from '#shared/partner-center/http/read-list';
import type { ApiRequest, Call } from '#shared/partner-center/http/request';
import type { Transport } from '#shared/partner-center/http/transport';
import { collection } from '#shared/partner-center/schema/collection';
import {
  amount,
  billingCycle,
  date,
  enumOf,
  flag,
  integer,
  link,
  list,
  map,
  openEnum,
  record,
  text,
} from '#shared/partner-center/schema/json-types';

/** What a line of a cart or an order costs. The extended price is that of the whole quantity ("Cart resources"). */
export const pricingSchema = record({
  listPrice: amount.optional(),
  discountedPrice: amount.optional(),
  proratedPrice: amount.optional(),
  price: amount.optional(),
  extendedPrice: amount.optional(),
});

export type Pricing = z.infer<typeof pricingSchema>;

const orderLine = record({
  /** Restarts at 0 in every order: match cart lines by group, offerId and quantity. */
  lineItemNumber: integer,
  /** The catalogItemId for modern items. */
  offerId: text.optional(),
  /** Appears when provisioned; perpetual software and reservations never have one. */
  subscriptionId: text.optional(),
  parentSubscriptionId: text.optional(),
  termDuration: text.transform((value) => (value === '' ? undefined : value)).optional(),
  transactionType: openEnum(
    'new',
    'renew',
    'add_quantity',
    'remove_quantity',
    'cancel',
    'convert',
    'customer_credit',
  ).optional(),
  friendlyName: text.optional(),
  /** 0 on a line that was cancelled. */
  quantity: integer,
  pricing: pricingSchema.optional(),
  partnerIdOnRecord: text.optional(),
  additionalPartnerIdsOnRecord: list(text),
  provisioningContext: map,
  promotionId: text.optional(),
  attestationAccepted: flag.optional(),
  customTermEndDate: date.optional(),
  links: record({ activationLinks: link.optional() }).optional(),
});
export type OrderLine = z.infer<typeof orderLine>;

const STATUS_BY_WORD = new Map<string, OrderStatus>(orderStatuses.map((word) => [word, word]));

export const orderSchema = record({
  /** Case-sensitive: a GUID, 33 characters of base64url, or 12 hex digits. */
  id: text,
  alternateId: text.optional(),
  referenceCustomerId: text.optional(),
  billingCycle: billingCycle.optional(),
  currencyCode: text.optional(),
  currencySymbol: text.optional(),
  lineItems: list(orderLine),
  creationDate: date.optional(),
  status: openEnum(...orderStatuses).default('unknown'),
  transactionType: openEnum('user_purchase', 'system_purchase', 'system_billing').optional(),
  totalPrice: amount.optional(),
}).transform(({ status, ...order }) => ({
  ...order,
  /** One of the documented words, or 'unknown'. */
  status: STATUS_BY_WORD.get(status) ?? ('unknown' as const),
  /** The word itself, where it is new to us. */
  ...(STATUS_BY_WORD.has(status) ? {} : { statusWord: status }),
}));
export type Order = z.infer<typeof orderSchema>;

const lineProvisioning = record({
  lineItemNumber: integer,
  status: enumOf('fulfilled', 'unfulfilled', 'prefulfillment_pending').default('unknown'),
  quantityProvisioningInformation: list(
    record({
      quantity: integer,
      status: enumOf('fulfilled', 'unfulfilled', 'prefulfillment_pending').default('unknown'),
    }),
  ),
});
export type LineProvisioning = z.infer<typeof lineProvisioning>;
const lineProvisioningList = collection(lineProvisioning);

const activationLink = record({ lineItemNumber: integer.optional(), link });
export type ActivationLink = z.infer<typeof activationLink>;

export interface OrderFilter {
  readonly billingType?: 'one_time' | 'monthly' | 'annual' | 'none' | undefined;
  readonly includePrice?: boolean | undefined;
}

/** 'OneTime' is how the official SDK spells it; Partner Center reads any case. */
const BILLING_TYPES = { one_time: 'OneTime', monthly: 'Monthly', annual: 'Annual', none: 'None' } as const;

/** One order. Unlike the list it knows a new order at once ("Get an order by ID"). */
export async function getOrder(
  pc: Transport,
  customerId: string,
  orderId: string,
  options: Pick<OrderFilter, 'includePrice'>,
  call: Call,
): Promise<Order> {
  const read = {
    operation: 'get order',
    method: 'GET',
    path: path`/v1/customers/${customerId}/orders/${orderId}`,
    query: { include_price: options.includePrice },
    token: 'app',
    customerId,
  } as const;
  return expectOrder(read, call, customerId, orderId, await callApi(pc, read, orderSchema, call));
}

/** An order has a second, short id by which it may be asked for too. */
function expectOrder(request: ApiRequest, call: Call, customerId: string, orderId: string, order: Order): Order {
  const isAlternate = order.alternateId !== undefined && isSameId(orderId, order.alternateId);
  expectIds(request, call, {
    id: [orderId, isAlternate ? orderId : order.id],
    referenceCustomerId: [customerId, order.referenceCustomerId],
  });
  return order;
}

/**
 * A customer's orders. A new order may be missing for up to 15 minutes ("Get all of a customer's orders"). The filter
 * is applied here once more, because an unknown spelling of it would return everything. Who concludes from an order's absence
 * listens with `onOdd`: one that can't be read is left out.
 */
export async function listOrders(
  pc: Transport,
  customerId: string,
  filter: OrderFilter,
  call: Call,
  onOdd?: OnOdd,
): Promise<Order[]> {
  const items = await readList(
    pc,
    {
      operation: 'list orders',
      method: 'GET',
      path: path`/v1/customers/${customerId}/orders`,
      query: {
        billingType: filter.billingType === undefined ? undefined : BILLING_TYPES[filter.billingType],
        include_price: filter.includePrice,
      },
      token: 'app',
      customerId,
    },
    orderSchema,
    call,
    onOdd,
  );
  return items.filter(({ billingCycle: cycle }) => filter.billingType === undefined || cycle === filter.billingType);
}

/** How far each line is: whole or not at all, since it decides whether a line can be used. Needs the user token; ask gently, it is throttled ("Get order provisioning status"). */
export async function getProvisioningStatus(
  pc: Transport,
  customerId: string,
  orderId: string,
  call: Call,
): Promise<LineProvisioning[]> {
  const { items } = await callApi(
    pc,
    {
      operation: 'get provisioning status',
      method: 'GET',
      path: path`/v1/customers/${customerId}/orders/${orderId}/provisioningstatus`,
      token: 'user',
      customerId,
    },
    lineProvisioningList,
    call,
  );
  return items;
}

/** Links with which a customer activates marketplace SaaS ("Get activation link by order line item"). */
export async function listActivationLinks(
  pc: Transport,
  customerId: string,
  orderId: string,
  lineItemNumber: number | undefined,
  call: Call,
): Promise<ActivationLink[]> {
  const order = path`/v1/customers/${customerId}/orders/${orderId}`;
  const place =
    lineItemNumber === undefined ? `${order}/activationlinks` : `${order}/lineitems/${lineItemNumber}/activationlinks`;
  const read = { operation: 'list activation links', method: 'GET', path: place, token: 'app', customerId } as const;
  return readList(pc, read, activationLink, call);
}

/**
 * Cancels an order, or only these lines of it: software inside its cancellation window ("Cancel software purchases"),
 * anything in the integration sandbox. In the result, cancelled lines have quantity 0.
 */
export async function cancelOrder(
  pc: Transport,
  customerId: string,
  orderId: string,
  lines: readonly { readonly lineItemNumber: number; readonly offerId: string }[] | undefined,
  call: Call,
): Promise<Order> {
  const change = {
    operation: 'cancel order',
    method: 'PATCH',
    path: path`/v1/customers/${customerId}/orders/${orderId}`,
    body: { id: orderId, status: 'cancelled', lineItems: lines },
    token: 'app',
    customerId,
  } as const;
  return expectOrder(change, call, customerId, orderId, await callApi(pc, change, orderSchema, call));
}
