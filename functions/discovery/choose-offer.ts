import type { RequestedLine } from '#shared/domain/purchase-request';
import type { Offer, Reason } from '#shared/domain/purchase';
import type { Availability, Sku } from '#shared/partner-center/catalog';

/** What answers a line of the request, or why nothing does. */
export type Choice = { lineId: string; offer: Offer } | { lineId: string; rejection: Reason };

/**
 * The availability that answers a line: purchasable, in the customer's country, for the wanted segment and currency, with
 * the wanted term and billing cycle (page "Get a list of availabilities for a SKU"). The first that fits is taken.
 */
export function chooseOffer(
  lineId: string,
  line: RequestedLine,
  country: string,
  sku: Sku,
  availabilities: Availability[],
): Choice {
  const reject = (code: string, message: string, advice: string): Choice => ({
    lineId,
    rejection: { code, message, advice },
  });
  const item = `${line.productId}/${line.skuId}`;

  if (line.quantity < sku.minimumQuantity || line.quantity > sku.maximumQuantity) {
    const range = `${sku.minimumQuantity} to ${sku.maximumQuantity}`;
    return reject(
      'quantity-out-of-range',
      `Line ${lineId}: ${item} is sold in quantities of ${range}.`,
      'Ask for a quantity in that range.',
    );
  }
  const billingCycle = line.billingCycle ?? only(sku.supportedBillingCycles);
  if (billingCycle === undefined || !sku.supportedBillingCycles.includes(billingCycle)) {
    return reject(
      'billing-cycle',
      `Line ${lineId}: ${item} needs a billing cycle.`,
      `Name one of: ${sku.supportedBillingCycles.join(', ')}.`,
    );
  }
  if (isReservation(sku) && line.azureSubscriptionId === undefined) {
    return reject(
      'azure-subscription-missing',
      `Line ${lineId}: ${item} is a reservation.`,
      'Name the azureSubscriptionId it is for.',
    );
  }

  const looked = availabilities.map((availability) => ({
    availability,
    ...examine(line, billingCycle, country, availability),
  }));
  const found = looked.find(({ objections }) => objections.length === 0);
  if (!found) {
    const why = looked.map(({ availability, objections }) => `${availability.id}: ${objections.join(', ')}`).join('; ');
    return reject(
      'no-availability',
      `Line ${lineId}: nothing of ${item} fits in ${country}${why === '' ? '; the catalogue has no availability' : ` (${why})`}.`,
      'Change segment, currency, term or billing cycle, or ask for another SKU.',
    );
  }
  return { lineId, offer: offerOf(lineId, line, billingCycle, found.term, sku, found.availability) };
}

/** Everything that speaks against an availability, and the term that would be bought. */
function examine(line: RequestedLine, billingCycle: string, country: string, availability: Availability) {
  const terms = availability.terms.filter(
    (term) =>
      (line.termDuration === undefined || term.duration === line.termDuration) &&
      (term.billingCycle === undefined || term.billingCycle === billingCycle),
  );
  const durations = [...new Set(terms.map(({ duration }) => duration))];
  const objections = [
    [!availability.isPurchasable, 'not purchasable'],
    [availability.country !== undefined && availability.country !== country, `country ${availability.country}`],
    [availability.segment !== undefined && availability.segment !== line.segment, `segment ${availability.segment}`],
    [
      line.currencyCode !== undefined && availability.defaultCurrency?.code !== line.currencyCode,
      `currency ${availability.defaultCurrency?.code}`,
    ],
    [availability.terms.length === 0 && line.termDuration !== undefined, 'has no terms, leave out termDuration'],
    [availability.terms.length > 0 && terms.length === 0, `no term ${line.termDuration ?? ''} billed ${billingCycle}`],
    [line.termDuration === undefined && durations.length > 1, `several terms, name one of ${durations.join(', ')}`],
  ] as const;
  return { objections: objections.flatMap(([holds, words]) => (holds ? [words] : [])), term: terms[0]?.duration };
}

function offerOf(
  lineId: string,
  line: RequestedLine,
  billingCycle: string,
  termDuration: string | undefined,
  sku: Sku,
  availability: Availability,
): Offer {
  const currencyCode = line.currencyCode ?? availability.defaultCurrency?.code;
  return {
    lineId,
    catalogItemId: availability.catalogItemId,
    productId: line.productId,
    skuId: line.skuId,
    title: sku.title,
    quantity: line.quantity,
    billingCycle,
    ...(termDuration === undefined ? {} : { termDuration }),
    ...(currencyCode === undefined ? {} : { currencyCode }),
    ...(sku.purchasePrerequisites.includes('inventory_check') ? { inventoryVariables: sku.inventoryVariables } : {}),
    ...(sku.dynamicAttributes['armRegionName'] === undefined
      ? {}
      : { armRegionName: sku.dynamicAttributes['armRegionName'] }),
    needsRegistration: isReservation(sku),
  };
}

/** The prerequisite that only Azure reservations have (page "Purchase Azure reservations"). */
function isReservation(sku: Sku): boolean {
  return sku.purchasePrerequisites.includes('azure_subscription_registration');
}

function only<T>(values: readonly T[]): T | undefined {
  return values.length === 1 ? values[0] : undefined;
}
