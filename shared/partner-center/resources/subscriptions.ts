import type { z } from 'zod';
import { callApi } from '#shared/partner-center/http/call-api';
import { path } from '#shared/partner-center/http/path';
import type { Call } from '#shared/partner-center/http/request';
import type { Transport } from '#shared/partner-center/http/transport';
import { collection } from '#shared/partner-center/schema/collection';
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
const subscriptionList = collection(subscription);

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
  return callApi(
    pc,
    {
      operation: 'get subscription',
      method: 'GET',
      path: path`/v1/customers/${customerId}/subscriptions/${subscriptionId}`,
      token: 'app',
      customerId,
    },
    subscription,
    call,
  );
}

/** A customer's subscriptions, all or those of one order ("Get a list of subscriptions by order"). */
export async function listSubscriptions(
  pc: Transport,
  customerId: string,
  filter: { readonly orderId?: string | undefined },
  call: Call,
): Promise<Subscription[]> {
  const { items } = await callApi(
    pc,
    {
      operation: 'list subscriptions',
      method: 'GET',
      path: path`/v1/customers/${customerId}/subscriptions`,
      query: { order_id: filter.orderId },
      token: 'app',
      customerId,
    },
    subscriptionList,
    call,
  );
  return items;
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
  return callApi(
    pc,
    {
      operation: 'get registration status',
      method: 'GET',
      path: path`/v1/customers/${customerId}/subscriptions/${subscriptionId}/registrationstatus`,
      token: 'app',
      customerId,
    },
    registration,
    call,
  );
}
