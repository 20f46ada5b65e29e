import type { LineError, Subscription } from '#store/records';
import { cartError } from './cart-errors';
import type { CheckedLine } from './line-check';

/**
 * Page "purchase-azure-reservations": a reservation needs an active, registered Azure subscription of the customer; its
 * availabilities for Azure plans (reservationScope) need an Azure plan instead.
 */
export function reservationError({ line, availability, customer, context }: CheckedLine): LineError | undefined {
  if (!availability.sku.purchasePrerequisites?.includes('AzureSubscriptionRegistration')) return undefined;
  const given = line.provisioningContext ?? {};
  if (!['single', 'shared'].includes((given['scope'] ?? '').toLowerCase())) {
    return cartError(10010, 'scope is single or shared.');
  }
  const subscription = context.store.subscriptions.get((given['subscriptionId'] ?? '').toLowerCase());
  if (subscription?.customerId !== customer.id || subscription.status !== 'active') return cartError(10007);
  const fits = availability.reservationScope === 'azureplan' ? isAzurePlan(subscription) : isOlderAzure(subscription);
  if (!fits) return cartError(10008);
  return registrationStatus(subscription, context.clock.now()) === 'registered' ? undefined : cartError(10011);
}

const isAzurePlan = (subscription: Subscription): boolean => subscription.offerId.startsWith('DZH318Z0BPS6:0001:');
const isOlderAzure = (subscription: Subscription): boolean => subscription.offerId === 'MS-AZR-0145P';

/** An MS-AZR-0145P subscription or an Azure plan (page "register-a-subscription"). */
export const isAzure = (subscription: Subscription): boolean => isOlderAzure(subscription) || isAzurePlan(subscription);

/** Page "get-subscription-registration-status"; `now` in milliseconds. */
export function registrationStatus(
  subscription: Subscription,
  now: number,
): 'notregistered' | 'registering' | 'registered' {
  if (subscription.registeredAt === undefined) return 'notregistered';
  return subscription.registeredAt <= now ? 'registered' : 'registering';
}
