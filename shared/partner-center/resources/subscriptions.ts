import type { z } from 'zod';
import { callApi } from '#shared/partner-center/http/call-api';
import { expectIds } from '#shared/partner-center/http/expect-ids';
import { path } from '#shared/partner-center/http/path';
import { readList } from '#shared/partner-center/http/read-list';
import type { Call } from '#shared/partner-center/http/request';
import type { Transport } from '#shared/partner-center/http/transport';
import {
  billingCycle,
  date,
  enumOf,
  flag,
  integer,
  openEnum,
  record,
  text,
} from '#shared/partner-center/schema/json-types';

const subscription = record({
  id: text,
  /** MS-AZR-0145P, or product:sku:availability for modern ones. */
  offerId: text.optional(),
  offerName: text.optional(),
  friendlyName: text.optional(),
  productType: record({ id: text, displayName: text.optional() }).optional(),
  quantity: integer.optional(),
  unitType: text.optional(),
  parentSubscriptionId: text.optional(),
  creationDate: date.optional(),
  effectiveStartDate: date.optional(),
  commitmentEndDate: date.optional(),
  cancellationAllowedUntilDate: date.optional(),
  status: enumOf('none', 'active', 'pending', 'suspended', 'expired', 'deleted').default('unknown'),
  autoRenewEnabled: flag.optional(),
  isTrial: flag.optional(),
  billingType: openEnum('usage', 'license', 'none').optional(),
  billingCycle: billingCycle.optional(),
  termDuration: text.optional(),
  orderId: text.optional(),
});
export type Subscription = z.infer<typeof subscription>;

const registration = record({
  subscriptionId: text.optional(),
  status: enumOf('registered', 'registering', 'notregistered').default('unknown'),
});
export type RegistrationStatus = z.infer<typeof registration>;

/** One subscription ("Get a subscription by ID"). */
export async function getSubscription(
  pc: Transport,
  customerId: string,
  subscriptionId: string,
  call: Call,
): Promise<Subscription> {
  const place = path`/v1/customers/${customerId}/subscriptions/${subscriptionId}`;
  const read = { operation: 'get subscription', method: 'GET', path: place, token: 'app', customerId } as const;
  const answer = await callApi(pc, read, subscription, call);
  expectIds(read, call, { id: [subscriptionId, answer.id] });
  return answer;
}

/** A customer's subscriptions, all or those of one order ("Get a list of subscriptions by order"). */
export async function listSubscriptions(
  pc: Transport,
  customerId: string,
  filter: { readonly orderId?: string | undefined },
  call: Call,
): Promise<Subscription[]> {
  return readList(
    pc,
    {
      operation: 'list subscriptions',
      method: 'GET',
      path: path`/v1/customers/${customerId}/subscriptions`,
      query: { order_id: filter.orderId },
      token: 'app',
      customerId,
    },
    subscription,
    call,
  );
}

/** Asks that reservations may be bought for a subscription or Azure plan; done later ("Register a subscription"). */
export async function registerSubscription(
  pc: Transport,
  customerId: string,
  subscriptionId: string,
  call: Call,
): Promise<void> {
  await pc.send(
    {
      operation: 'register subscription',
      method: 'POST',
      path: path`/v1/customers/${customerId}/subscriptions/${subscriptionId}/registrations`,
      token: 'app',
      customerId,
    },
    call,
  );
}

/** How far the registration is ("Get subscription registration status"). */
export async function getRegistrationStatus(
  pc: Transport,
  customerId: string,
  subscriptionId: string,
  call: Call,
): Promise<RegistrationStatus> {
  const place = path`/v1/customers/${customerId}/subscriptions/${subscriptionId}/registrationstatus`;
  const read = { operation: 'get registration status', method: 'GET', path: place, token: 'app', customerId } as const;
  const answer = await callApi(pc, read, registration, call);
  expectIds(read, call, { subscriptionId: [subscriptionId, answer.subscriptionId] });
  return answer;
}
