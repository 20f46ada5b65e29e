import type { SandboxContext } from '#model/sandbox-context';
import { currencyOf } from '#seed/currencies';
import { defined } from '#store/defined';
import type { CartLine, Customer, PlainCartLine } from '#store/records';
import { linePricing } from '#wire/money';
import type { CartRequest, RequestedLine } from './cart-request';
import { legacyLineError } from './legacy-line-error';
import { agreedLineError, lineError, wireBillingCycle } from './line-error';
import { orderGroups } from './order-groups';

type Ungrouped = Omit<PlainCartLine, 'orderGroup'>;

/**
 * The lines of a cart as the server keeps them: numbered from 0, each base line followed by its add-ons, with currency,
 * order group, and an error where a line cannot be bought (page "create-a-cart": such a cart is created all the same).
 */
export function fillCart(request: CartRequest, customer: Customer, context: SandboxContext): CartLine[] {
  let next = 0;
  const fill = (line: RequestedLine, parent?: RequestedLine): Ungrouped =>
    fillLine(line, parent, next++, customer, context);
  const filled = request.lineItems.map((line) => ({
    base: fill(line),
    addOns: (line.addonItems ?? []).map((addOn) => fill(addOn, line)),
  }));
  const groups = orderGroups(
    filled.map(({ base }) => base),
    context.settings.splitEveryLine,
  );
  return filled.map(({ base, addOns }, index) => {
    const orderGroup = groups[index] ?? '0';
    const withGroup = addOns.map((addOn) => ({ ...addOn, orderGroup }));
    return { ...base, orderGroup, ...(withGroup.length > 0 ? { addonItems: withGroup } : {}) };
  });
}

function fillLine(
  line: RequestedLine,
  parent: RequestedLine | undefined,
  id: number,
  customer: Customer,
  context: SandboxContext,
): Ungrouped {
  const availability = context.catalogue.availability(line.catalogItemId, customer.address.country);
  const ruleBroken = availability
    ? lineError({ line, parent, availability, customer, context })
    : legacyLineError(line, customer, context);
  const error = agreedLineError(line) ?? ruleBroken;
  const currency = availability?.currency.code ?? currencyOf(customer.address.country);
  return {
    id,
    catalogItemId: availability?.catalogItemId ?? line.catalogItemId,
    quantity: line.quantity,
    currencyCode: line.currencyCode?.toUpperCase() ?? currency,
    billingCycle: wireBillingCycle(line.billingCycle),
    ...defined({
      friendlyName: line.friendlyName || undefined,
      termDuration: line.termDuration?.toUpperCase() || undefined,
      participants: line.participants?.length ? line.participants : undefined,
      provisioningContext: line.provisioningContext ?? (availability ? {} : undefined),
      renewsTo: line.renewsTo ?? undefined,
      promotionId: line.promotionId || undefined,
      attestationAccepted: line.attestationAccepted || undefined,
      customTermEndDate: line.customTermEndDate || undefined,
      error,
      pricing: error ? undefined : pricing(line, context),
    }),
  };
}

/** The cart is a quote too (page "cart-resources"). */
function pricing(line: RequestedLine, context: SandboxContext): PlainCartLine['pricing'] {
  const item = context.catalogue.item(line.catalogItemId);
  return item && linePricing(item.offer.unitCents, line.quantity);
}
