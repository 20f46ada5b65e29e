import type { Availability } from '#catalogue';
import { isPerpetualSoftware } from '#seed/products';
import type { Customer, LineError } from '#store/records';
import type { World } from '#world';
import { agreedInput } from './agreed-input';
import { cartError, isCartErrorCode } from './cart-errors';
import type { RequestedLine } from './cart-request';
import { reservationError } from './reservation-error';
import { sandboxLimit } from './sandbox-limit';
import { isSoldOut } from './stock';
import { termEnd } from './term-end';

/** A line and what it asks for, looked up in the customer's catalogue. */
export interface LineContext {
  readonly line: RequestedLine;
  /** The base line, when this one is an add-on. */
  readonly parent: RequestedLine | undefined;
  readonly availability: Availability;
  readonly customer: Customer;
  readonly world: World;
}

type Check = (context: LineContext) => LineError | undefined;

/** What is wrong with a line whose item exists, or undefined: the first check that objects, in the contract's order (12.3). */
export function lineError(context: LineContext): LineError | undefined {
  for (const check of checks) {
    const error = check(context);
    if (error) return error;
  }
  return undefined;
}

const checks: readonly Check[] = [
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

/** The error a line asks for by its friendly name, whatever it orders. */
export function agreedLineError(line: RequestedLine): LineError | undefined {
  const code = agreedInput('line-error', line.friendlyName);
  return code !== undefined && isCartErrorCode(code) ? cartError(code, 'Asked for by the friendly name.') : undefined;
}

function purchasable({ availability, world }: LineContext): LineError | undefined {
  if (isPerpetualSoftware(availability.product) && !world.settings.perpetualSoftware) {
    return cartError(10001, 'The partner is not qualified for perpetual software.');
  }
  return availability.offer.isPurchasable ? undefined : cartError(10001, 'The item is not purchasable.');
}

function quantity({ line, availability: { sku } }: LineContext): LineError | undefined {
  if (line.quantity < sku.minimumQuantity || line.quantity > sku.maximumQuantity) {
    return cartError(10010, `quantity must be ${String(sku.minimumQuantity)} to ${String(sku.maximumQuantity)}.`);
  }
  return undefined;
}

function billingCycle({ line, availability: { sku } }: LineContext): LineError | undefined {
  return sku.supportedBillingCycles.includes(cycleOf(line)) ? undefined : cartError(10013);
}

/** Items with terms need one of them; perpetual software must come without (page "create-a-cart"). */
function termDuration({ line, availability: { offer } }: LineContext): LineError | undefined {
  const given = line.termDuration ?? '';
  if (!offer.terms) return given === '' ? undefined : cartError(10010, 'termDuration must be left out.');
  const fits = offer.terms.some(
    (term) =>
      term.duration === given.toUpperCase() &&
      (term.billingCycle === undefined || term.billingCycle.toLowerCase() === cycleOf(line)),
  );
  return fits ? undefined : cartError(10010, 'termDuration is none of the availability for this billing cycle.');
}

function currency({ line, availability }: LineContext): LineError | undefined {
  const fits = !line.currencyCode || line.currencyCode.toUpperCase() === availability.currency.code;
  return fits ? undefined : cartError(10000);
}

/** Page "create-a-cart": only indirect providers name resellers, one of the first kind and five of the other. */
export function participants({ line, world }: Pick<LineContext, 'line' | 'world'>): LineError | undefined {
  const given = line.participants ?? [];
  if (given.length === 0) return undefined;
  if (world.settings.partnerModel === 'direct-bill') return cartError(10004);
  const count = (key: string): number => given.filter((one) => one.key.toLowerCase() === key).length;
  if (count('transaction_reseller') > 1 || count('additional_transaction_reseller') > 5) {
    return cartError(10010, 'Too many participants.');
  }
  return given.every((one) => /^\d+$/.test(one.value)) ? undefined : cartError(10010, 'A participant is an MPN id.');
}

/** No promotions run in the sandbox. */
export function promotion({ line }: Pick<LineContext, 'line'>): LineError | undefined {
  return line.promotionId ? cartError(10014) : undefined;
}

/** Only new-commerce licences end when the buyer wants, and not later than their term would. */
function customTermEnd({ line, availability: { product }, world }: LineContext): LineError | undefined {
  if (!line.customTermEndDate) return undefined;
  if (product.productType.id !== 'OnlineServicesNCE') return cartError(10016);
  const end = Date.parse(line.customTermEndDate);
  const now = world.clock.now();
  return end > now && end <= termEnd(now, line.termDuration?.toUpperCase() ?? '') ? undefined : cartError(10017);
}

function attestation({ line, availability: { sku } }: LineContext): LineError | undefined {
  return sku.attestationProperties?.enforceAttestation && !line.attestationAccepted ? cartError(10012) : undefined;
}

/** Page "create-a-cart-with-add-ons": an add-on hangs on a base line, or on a subscription the customer has. */
function addOn({ line, parent, availability: { sku }, customer, world }: LineContext): LineError | undefined {
  const bases = sku.dynamicAttributes['prerequisiteSkus'];
  if (!Array.isArray(bases)) return parent ? cartError(10010, 'The item is no add-on.') : undefined;
  if (parent) {
    const fits = bases.some((base) => parent.catalogItemId.toUpperCase().startsWith(`${String(base)}:`));
    return fits ? undefined : cartError(10010, 'The add-on does not fit the base item.');
  }
  const id = line.provisioningContext?.['parentSubscriptionId'];
  if (id === undefined) return cartError(10010, 'An add-on needs a base item or parentSubscriptionId.');
  const base = world.store.subscriptions.get(id.toLowerCase());
  return base?.customerId === customer.id && base.status === 'active' ? undefined : cartError(10007);
}

/** The keys named by the SKU's provisioningVariables, in lower camel; `duration` is optional (page "update-a-cart"). */
function provisioning({ line, availability: { sku } }: LineContext): LineError | undefined {
  const context = line.provisioningContext ?? {};
  const missing = (sku.provisioningVariables ?? [])
    .map((name) => name.charAt(0).toLowerCase() + name.slice(1))
    .filter((name) => name !== 'duration' && !context[name]);
  return missing.length === 0 ? undefined : cartError(10010, `provisioningContext lacks ${missing.join(', ')}.`);
}

function inventory({ availability, world }: LineContext): LineError | undefined {
  return isSoldOut(availability, world) ? cartError(10003) : undefined;
}

const cycleOf = (line: RequestedLine): string => wireBillingCycle(line.billingCycle);

/** `Monthly` and `OneTime` are taken for `monthly` and `one_time`. */
export function wireBillingCycle(text: string): string {
  const word = text.toLowerCase().replaceAll('_', '');
  return word === 'onetime' ? 'one_time' : word;
}
