import type { LineError, Subscription } from '#local/partner-center/store/records';
import { cartError } from './cart-errors';
import type { LineContext } from './line-error';

/**
 * Page "purchase-azure-reservations": a reservation needs an active Azure subscription (or Azure plan) of the customer,
 * registered before. In Microsoft's sandbox a customer gets two instances at most (page "test-and-debug").
 */
export function reservationError({ line, availability, customer, world }: LineContext): LineError | undefined {
  if (!availability.sku.purchasePrerequisites?.includes('AzureSubscriptionRegistration')) return undefined;
  const context = line.provisioningContext ?? {};
  if (!['single', 'shared'].includes((context['scope'] ?? '').toLowerCase())) {
    return cartError(10010, 'scope is single or shared.');
  }
  const subscription = world.store.subscriptions.get((context['subscriptionId'] ?? '').toLowerCase());
  if (subscription?.customerId !== customer.id || subscription.status !== 'active') return cartError(10007);
  if (!isAzure(subscription)) return cartError(10008);
  if (registrationStatus(subscription, world.clock.now()) !== 'registered') return cartError(10011);
  if (!world.settings.microsoftSandbox) return undefined;
  const owned = world.store.orders
    .of(customer.id)
    .flatMap((order) => order.lines)
    .filter((one) => one.catalogItemId.startsWith(`${availability.product.id}:`))
    .reduce((sum, one) => sum + one.quantity, 0);
  return owned + line.quantity > 2 ? cartError(10009) : undefined;
}

/** An MS-AZR-0145P subscription or an Azure plan (page "register-a-subscription"). */
export const isAzure = (subscription: Subscription): boolean =>
  subscription.offerId === 'MS-AZR-0145P' || subscription.offerId.startsWith('DZH318Z0BPS6:0001:');

/** Page "get-subscription-registration-status"; `now` in milliseconds. */
export function registrationStatus(
  subscription: Subscription,
  now: number,
): 'notregistered' | 'registering' | 'registered' {
  if (subscription.registeredAt === undefined) return 'notregistered';
  return subscription.registeredAt <= now ? 'registered' : 'registering';
}
