import type { SandboxContext } from '#model/sandbox-context';
import { currencyOf } from '#seed/currencies';
import { LEGACY_OFFERS } from '#seed/offers';
import type { Customer, LineError } from '#store/records';
import { cartError } from './cart-errors';
import type { RequestedLine } from './cart-request';
import { participants, promotion, wireBillingCycle } from './line-error';

/** What is wrong with a line whose item has no availability: it is of the older commerce, or it is not valid. */
export function legacyLineError(
  line: RequestedLine,
  customer: Customer,
  context: SandboxContext,
): LineError | undefined {
  const offer = LEGACY_OFFERS[line.catalogItemId.toUpperCase()];
  if (!offer) return cartError(10001);
  if (line.quantity < 1) return cartError(10010, 'quantity must be 1 or more.');
  if (wireBillingCycle(line.billingCycle) !== offer.billingCycle) return cartError(10013);
  const currency = currencyOf(customer.address.country);
  if (line.currencyCode && line.currencyCode.toUpperCase() !== currency) return cartError(10000);
  return participants({ line, context }) ?? promotion({ line });
}
