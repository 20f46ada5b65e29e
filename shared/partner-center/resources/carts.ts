import { z } from 'zod';
import { callApi } from '#shared/partner-center/http/call-api';
import { expectIds } from '#shared/partner-center/http/expect-ids';
import { path } from '#shared/partner-center/http/path';
import type { Call } from '#shared/partner-center/http/request';
import type { Transport } from '#shared/partner-center/http/transport';
import {
  billingCycle,
  date,
  enumOf,
  flag,
  integer,
  list,
  map,
  record,
  text,
} from '#shared/partner-center/schema/json-types';
import { orderSchema, pricingSchema, type Pricing } from './orders';

/** A line to buy. billingCycle must be one the SKU supports; termDuration stays away for perpetual software and Azure plans. */
export interface NewCartLine {
  readonly id?: number | undefined;
  readonly catalogItemId: string;
  readonly quantity: number;
  readonly billingCycle: string;
  readonly termDuration?: string | undefined;
  readonly friendlyName?: string | undefined;
  readonly currencyCode?: string | undefined;
  /** What the SKU's provisioningVariables name: scope, subscriptionId, duration, parentSubscriptionId. */
  readonly provisioningContext?: Readonly<Record<string, string>> | undefined;
  readonly participants?: readonly { readonly key: string; readonly value: string }[] | undefined;
  readonly renewsTo?: { readonly termDuration: string } | undefined;
  readonly addonItems?: readonly NewCartLine[] | undefined;
  readonly promotionId?: string | undefined;
  readonly attestationAccepted?: boolean | undefined;
  readonly customTermEndDate?: string | undefined;
}

export interface NewCart {
  readonly lineItems: readonly NewCartLine[];
  readonly partnerOnRecordAttestationAccepted?: boolean | undefined;
}

const cartLineError = record({
  /** Digits ("10001") or a name in snake case; lookUpCartLineError reads both. 0 is how Partner Center says "unknown". */
  errorCode: text.default('0'),
  errorDescription: text.optional(),
  additionalInformation: text.optional(),
});

/** A line of a cart as Partner Center keeps it. */
export interface CartLine {
  readonly id: number;
  readonly catalogItemId: string;
  readonly quantity: number;
  readonly billingCycle?: string | undefined;
  readonly termDuration?: string | undefined;
  readonly friendlyName?: string | undefined;
  readonly currencyCode?: string | undefined;
  readonly provisioningContext: Readonly<Record<string, string>>;
  readonly participants: readonly { readonly key: string; readonly value: string }[];
  readonly renewsTo?: { readonly termDuration?: string | undefined } | undefined;
  readonly addonItems: readonly CartLine[];
  readonly promotionId?: string | undefined;
  readonly attestationAccepted?: boolean | undefined;
  readonly customTermEndDate?: string | undefined;
  /** Given by the server: one order per group at checkout. Never sent, never predicted. */
  readonly orderGroup?: string | undefined;
  /** What the line costs, in its currency; older answers leave it out. */
  readonly pricing?: Pricing | undefined;
  /** Why this line can't be bought. A cart with such lines is created all the same, with 201. */
  readonly error?: z.infer<typeof cartLineError> | undefined;
}

const renewsTo = record({ termDuration: text.optional() });

const cartLine: z.ZodType<CartLine> = z.lazy(() =>
  record({
    id: integer.default(0),
    catalogItemId: text,
    quantity: integer,
    billingCycle: billingCycle.optional(),
    termDuration: text.optional(),
    friendlyName: text.optional(),
    currencyCode: text.optional(),
    provisioningContext: map,
    participants: list(record({ key: text, value: text })),
    // The tables call it an array, the examples show an object ("Cart resources").
    renewsTo: z.union([renewsTo, z.array(renewsTo).transform((all) => all[0])]).optional(),
    addonItems: list(cartLine),
    promotionId: text.optional(),
    attestationAccepted: flag.optional(),
    customTermEndDate: date.optional(),
    orderGroup: text.optional(),
    pricing: pricingSchema.optional(),
    error: cartLineError.optional(),
  }),
);

const cart = record({
  id: text,
  status: enumOf('active', 'ordered').optional(),
  creationTimestamp: date.optional(),
  lastModifiedTimestamp: date.optional(),
  /** The only truth about a cart's life: examples show 15 minutes and 7 days. */
  expirationTimestamp: date.optional(),
  lastModifiedUser: text.optional(),
  lineItems: z.array(cartLine),
});
export type Cart = z.infer<typeof cart>;

const orderError = record({ orderGroupId: text.optional(), code: text.optional(), description: text.optional() });

/** Either list may be left out, but not both: that would read as if nothing had been bought. */
const checkoutResult = record({
  orders: z.array(orderSchema).optional(),
  orderErrors: z.array(orderError).optional(),
})
  .refine(({ orders, orderErrors }) => (orders ?? orderErrors) !== undefined, 'expected orders or orderErrors')
  .transform(({ orders = [], orderErrors = [] }) => ({ orders, orderErrors }));
/** One order per order group that was bought; one error per group that was not. Both at once is normal. */
export type CheckoutResult = z.infer<typeof checkoutResult>;
export type OrderGroupError = CheckoutResult['orderErrors'][number];

/** Creates a cart. Look at every line's error, add-ons too, before checking out ("Create a cart"). */
export async function createCart(pc: Transport, customerId: string, lines: NewCart, call: Call): Promise<Cart> {
  return callApi(
    pc,
    {
      operation: 'create cart',
      method: 'POST',
      path: path`/v1/customers/${customerId}/carts`,
      body: lines,
      token: 'app',
      customerId,
    },
    cart,
    call,
  );
}

/** A cart as it is now; 404/800008 when it does not exist or has expired. */
export async function getCart(pc: Transport, customerId: string, cartId: string, call: Call): Promise<Cart> {
  const request = {
    operation: 'get cart',
    method: 'GET',
    path: path`/v1/customers/${customerId}/carts/${cartId}`,
    token: 'app',
    customerId,
  } as const;
  const answer = await callApi(pc, request, cart, call);
  expectIds(request, call, { id: [cartId, answer.id] });
  return answer;
}

/** Replaces the lines of an active cart ("Update a cart"). */
export async function updateCart(
  pc: Transport,
  customerId: string,
  cartId: string,
  lines: NewCart,
  call: Call,
): Promise<Cart> {
  const request = {
    operation: 'update cart',
    method: 'PUT',
    path: path`/v1/customers/${customerId}/carts/${cartId}`,
    body: { id: cartId, ...lines },
    token: 'app',
    customerId,
  } as const;
  const answer = await callApi(pc, request, cart, call);
  expectIds(request, call, { id: [cartId, answer.id] });
  return answer;
}

/**
 * Buys what is in the cart. Checking out the same cart again returns the first result ("Check out an order for a customer in a cart"), so after
 * any unclear outcome the same cart with the same request id is the only safe repeat; never a new cart.
 *
 * @param timeoutSeconds orders are made one after the other within one checkout, seconds each
 */
export async function checkoutCart(
  pc: Transport,
  customerId: string,
  cartId: string,
  call: Call,
  timeoutSeconds = 180,
): Promise<CheckoutResult> {
  return callApi(
    pc,
    {
      operation: 'check out cart',
      method: 'POST',
      path: path`/v1/customers/${customerId}/carts/${cartId}/checkout`,
      token: 'app',
      customerId,
      timeoutSeconds,
    },
    checkoutResult,
    call,
  );
}
