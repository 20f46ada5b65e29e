import { isPerpetualSoftware } from '#seed/products';
import type { LineError } from '#store/records';
import { agreedInput } from './agreed-input';
import { cartError, isCartErrorCode } from './cart-errors';
import type { RequestedLine } from './cart-request';
import type { CheckedLine, LineCheck } from './line-check';
import { reservationError } from './reservation-error';
import { sandboxLimit } from './sandbox-limit';
import { isSoldOut } from './stock';
import { termEnd } from './term-end';

/** What is wrong with a line whose item exists, or undefined: the error of the first check that finds one. */
export function lineError(checked: CheckedLine): LineError | undefined {
  for (const check of CHECKS) {
    const error = check(checked);
    if (error) return error;
  }
  return undefined;
}

const CHECKS: readonly LineCheck[] = [
  purchasable,
  quantity,
  billingCycle,
  termDuration,
  currency,
  participants,
  promotion,
  customTermEnd,
  attestation,
  addOn,
  provisioning,
  reservationError,
  inventory,
  sandboxLimit,
];

/** The error that a line asks for by its friendly name, whatever it orders. */
export function agreedLineError(line: RequestedLine): LineError | undefined {
  const code = agreedInput('line-error', line.friendlyName);
  return code !== undefined && isCartErrorCode(code) ? cartError(code, 'Asked for by the friendly name.') : undefined;
}

function purchasable({ availability, context }: CheckedLine): LineError | undefined {
  if (isPerpetualSoftware(availability.product) && !context.settings.perpetualSoftware) {
    return cartError(10001, 'The partner is not qualified for perpetual software.');
  }
  return availability.offer.isPurchasable ? undefined : cartError(10001, 'The item is not purchasable.');
}

function quantity({ line, availability: { sku } }: CheckedLine): LineError | undefined {
  if (line.quantity < sku.minimumQuantity || line.quantity > sku.maximumQuantity) {
    return cartError(10010, `quantity must be ${sku.minimumQuantity} to ${sku.maximumQuantity}.`);
  }
  return undefined;
}

function billingCycle({ line, availability: { sku } }: CheckedLine): LineError | undefined {
  return sku.supportedBillingCycles.includes(cycleOf(line)) ? undefined : cartError(10013);
}

/** Items with terms need one of them; perpetual software must come without (page "create-a-cart"). */
function termDuration({ line, availability: { offer } }: CheckedLine): LineError | undefined {
  const given = line.termDuration ?? '';
  if (!offer.terms) return given === '' ? undefined : cartError(10010, 'termDuration must be left out.');
  const fits = offer.terms.some(
    (term) =>
      term.duration === given.toUpperCase() &&
      (term.billingCycle === undefined || term.billingCycle.toLowerCase() === cycleOf(line)),
  );
  return fits ? undefined : cartError(10010, 'termDuration is none of the availability for this billing cycle.');
}

function currency({ line, availability }: CheckedLine): LineError | undefined {
  const fits = !line.currencyCode || line.currencyCode.toUpperCase() === availability.currency.code;
  return fits ? undefined : cartError(10000);
}

/** Page "create-a-cart": only indirect providers name resellers: one, and up to five additional ones. */
export function participants({ line, context }: Pick<CheckedLine, 'line' | 'context'>): LineError | undefined {
  const given = line.participants ?? [];
  if (given.length === 0) return undefined;
  if (context.settings.partnerModel === 'direct-bill') return cartError(10004);
  const count = (key: string): number => given.filter((one) => one.key.toLowerCase() === key).length;
  if (count('transaction_reseller') > 1 || count('additional_transaction_reseller') > 5) {
    return cartError(10010, 'Too many participants.');
  }
  return given.every((one) => /^\d+$/.test(one.value)) ? undefined : cartError(10010, 'A participant is an MPN id.');
}

/** No promotions run in the sandbox. */
export function promotion({ line }: Pick<CheckedLine, 'line'>): LineError | undefined {
  return line.promotionId ? cartError(10014) : undefined;
}

/** Only new-commerce licences may have an end date of the buyer's choice, not later than the end of their term. */
function customTermEnd({ line, availability: { product }, context }: CheckedLine): LineError | undefined {
  if (!line.customTermEndDate) return undefined;
  if (product.productType.id !== 'OnlineServicesNCE') return cartError(10016);
  const end = Date.parse(line.customTermEndDate);
  const now = context.clock.now();
  return end > now && end <= termEnd(now, line.termDuration?.toUpperCase() ?? '') ? undefined : cartError(10017);
}

function attestation({ line, availability: { sku } }: CheckedLine): LineError | undefined {
  return sku.attestationProperties?.enforceAttestation && !line.attestationAccepted ? cartError(10012) : undefined;
}

/** Page "create-a-cart-with-add-ons": an add-on needs a base line, or a subscription of the customer. */
function addOn({ line, parent, availability: { sku }, customer, context }: CheckedLine): LineError | undefined {
  const bases = sku.dynamicAttributes['prerequisiteSkus'];
  if (!Array.isArray(bases)) return parent ? cartError(10010, 'The item is not an add-on.') : undefined;
  if (parent) {
    const fits = bases.some((base) => parent.catalogItemId.toUpperCase().startsWith(`${base}:`));
    return fits ? undefined : cartError(10010, 'The add-on does not fit the base item.');
  }
  const id = line.provisioningContext?.['parentSubscriptionId'];
  if (id === undefined) return cartError(10010, 'An add-on needs a base item or parentSubscriptionId.');
  const base = context.store.subscriptions.get(id.toLowerCase());
  return base?.customerId === customer.id && base.status === 'active' ? undefined : cartError(10007);
}

/** The keys are the SKU's provisioningVariables in camel case; `duration` is optional (page "update-a-cart"). */
function provisioning({ line, availability: { sku } }: CheckedLine): LineError | undefined {
  const given = line.provisioningContext ?? {};
  const missing = (sku.provisioningVariables ?? [])
    .map((name) => name.charAt(0).toLowerCase() + name.slice(1))
    .filter((name) => name !== 'duration' && !given[name]);
  return missing.length === 0 ? undefined : cartError(10010, `provisioningContext lacks ${missing.join(', ')}.`);
}

function inventory({ availability, context }: CheckedLine): LineError | undefined {
  return isSoldOut(availability, context) ? cartError(10003) : undefined;
}

const cycleOf = (line: RequestedLine): string => wireBillingCycle(line.billingCycle);

/** `Monthly` and `OneTime` mean `monthly` and `one_time`. */
export function wireBillingCycle(text: string): string {
  const word = text.toLowerCase().replaceAll('_', '');
  return word === 'onetime' ? 'one_time' : word;
}
