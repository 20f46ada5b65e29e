import { defined } from '#shared/domain/defined';
import type { RequestedLine } from '#shared/domain/purchase-request';
import type { ItemKind, Offer, Reason } from '#shared/domain/purchase';
import type { Availability, NotSold, Product, Sku } from '#shared/partner-center/resources/catalogue';
import { judgeAvailability, isNamed, type JudgedAvailability } from './judge-availability';
import { classifyItem } from './classify-item';
import { judgeMarket, notInCatalogue, type Market } from './judge-market';

/** What answers a line of the request and why it was this, or why nothing does. */
export type Choice =
  | { readonly kind: 'offer'; readonly lineId: string; readonly offer: Offer; readonly note: string }
  | { readonly kind: 'rejection'; readonly lineId: string; readonly rejection: Reason }
  /** Nothing that could be read answers it, but not everything could be read. */
  | { readonly kind: 'doubt'; readonly lineId: string; readonly doubt: Reason };

/** What the catalogue of a market has of an item. */
export interface CatalogueEntry {
  kind: 'sold';
  product: Product;
  sku: Sku;
  availabilities: Availability[];
  /** How many more availabilities there are that can't be read. */
  unreadable?: number;
}

/**
 * The availability that answers a line: purchasable, in the market, for the wanted segment and currency, with the wanted
 * term and billing cycle (page "Get a list of availabilities for a SKU"). Of several that fit and differ in nothing that
 * a request can name, the first is taken; when they differ in term or currency, nothing is guessed.
 */
export function chooseOffer(
  lineId: string,
  line: RequestedLine,
  entry: CatalogueEntry | NotSold,
  market: Market,
): Choice {
  const what = `Line ${lineId}: ${line.productId}/${line.skuId}`;
  const rejected = (rejection: Reason): Choice => ({ kind: 'rejection', lineId, rejection });
  if (entry.kind === 'not-sold') return rejected(notInCatalogue(what, entry.code, market));

  const { product, sku, availabilities, unreadable = 0 } = entry;
  const kind = classifyItem(
    product,
    sku,
    availabilities.some(({ terms }) => terms.length > 0),
  );
  const billingCycle = line.billingCycle ?? only(sku.supportedBillingCycles);
  const objection = judgeMarket(what, kind, market) ?? judgeSku(what, line, sku, kind);
  if (objection) return rejected(objection);
  if (billingCycle === undefined || !sku.supportedBillingCycles.includes(billingCycle)) {
    return rejected(noBillingCycle(what, sku));
  }

  const looked = availabilities.map((one) => judgeAvailability(line, billingCycle, market.country, one));
  const fitting = looked.filter(({ objections }) => objections.length === 0);
  const [found] = fitting;
  if (!found) {
    const rejection = judgeAvailabilities(what, line, looked, market);
    return unreadable === 0 ? rejected(rejection) : { kind: 'doubt', lineId, doubt: doubtful(rejection, unreadable) };
  }
  if (new Set(fitting.map(wordsOf)).size > 1) return rejected(ambiguous(what, looked, market));
  const offer = offerOf(lineId, line, billingCycle, found, sku, kind);
  return { kind: 'offer', lineId, offer, note: noteOf(offer, found, looked) };
}

/** What speaks against the SKU itself, whatever its availabilities are. */
function judgeSku(what: string, line: RequestedLine, sku: Sku, kind: ItemKind): Reason | undefined {
  if (line.quantity < sku.minimumQuantity || line.quantity > sku.maximumQuantity) {
    return {
      code: 'quantity-out-of-range',
      message: `${what} is sold in quantities of ${sku.minimumQuantity} to ${sku.maximumQuantity}.`,
      advice: 'Ask for a quantity in that range.',
    };
  }
  if (kind !== 'reservation' && line.forAzurePlan) {
    return {
      code: 'not-a-reservation',
      message: `${what} is no reservation, and only reservations are sold for an Azure plan.`,
      advice: 'Leave forAzurePlan out.',
    };
  }
  if (kind === 'reservation' && line.azureSubscriptionId === undefined) {
    return {
      code: 'azure-subscription-missing',
      message: `${what} is a reservation.`,
      advice: 'Name the azureSubscriptionId it is for.',
    };
  }
  return undefined;
}

function noBillingCycle(what: string, sku: Sku): Reason {
  return {
    code: 'billing-cycle',
    message: `${what} needs a billing cycle.`,
    advice: `Name one of: ${sku.supportedBillingCycles.join(', ')}.`,
  };
}

/** Why no availability fits; one that was named but is not there at all has probably got a new id. */
function judgeAvailabilities(
  what: string,
  line: RequestedLine,
  looked: JudgedAvailability[],
  { country }: Market,
): Reason {
  const named = line.catalogItemId ?? line.availabilityId;
  if (named !== undefined && !looked.some(({ availability }) => isNamed(line, availability))) {
    const ids = looked.map(({ availability }) => availability.catalogItemId);
    return {
      code: 'availability-not-found',
      message: `${what} has no availability ${named} in ${country} now; it has ${ids.join(', ') || 'none'}.`,
      advice: 'Availability ids change: read the catalogue again, or leave the id out and describe what is wanted.',
    };
  }
  const why = whyNot(looked) || 'the catalogue has no availability';
  return {
    code: 'no-availability',
    message: `${what}: no availability fits in ${country} (${why}).`,
    advice: 'Change segment, currency, term or billing cycle, or ask for another SKU.',
  };
}

/** What can't be read may be what was asked for: "not readable" is never "not there". */
function doubtful({ message }: Reason, unreadable: number): Reason {
  return {
    code: 'unreadable-answer',
    message: `${message} ${unreadable} more could not be read.`,
    advice:
      'Nothing was bought. The log says what is odd about the records of the catalogue. Then resume the purchase.',
  };
}

function ambiguous(what: string, looked: JudgedAvailability[], { country }: Market): Reason {
  const fits = (one: JudgedAvailability) => `fits with ${wordsOf(one)}`;
  return {
    code: 'ambiguous',
    message: `${what}: several availabilities fit in ${country} and are not the same (${whyNot(looked, fits)}).`,
    advice: 'Name the termDuration and the currencyCode that are wanted, or the availabilityId.',
  };
}

/** What fitting availabilities may differ in, as far as a request can name it. */
function wordsOf({ term, availability }: JudgedAvailability): string {
  return [term ?? 'no term', availability.defaultCurrency?.code ?? 'no currency'].join(', ');
}

/** Each availability with all that speaks against it; those with the same objections together. */
function whyNot(
  looked: JudgedAvailability[],
  fits = (_one: JudgedAvailability) => 'fits too, the first was taken',
): string {
  const idsOf = new Map<string, string[]>();
  for (const one of looked) {
    const why = one.objections.join(', ') || fits(one);
    idsOf.set(why, [...(idsOf.get(why) ?? []), one.availability.id]);
  }
  return [...idsOf].map(([why, ids]) => `${ids.join(', ')}: ${why}`).join('; ');
}

function noteOf(offer: Offer, found: JudgedAvailability, looked: JudgedAvailability[]): string {
  const terms = [offer.termDuration, offer.billingCycle, offer.currencyCode].filter((term) => term !== undefined);
  const others = looked.filter((one) => one !== found);
  const rest = others.length === 0 ? '' : `, not ${whyNot(others)}`;
  return `line ${offer.lineId}: ${offer.quantity} x ${offer.catalogItemId} (${terms.join(', ')})${rest}`;
}

function offerOf(
  lineId: string,
  line: RequestedLine,
  billingCycle: string,
  { availability, term }: JudgedAvailability,
  sku: Sku,
  kind: ItemKind,
): Offer {
  return {
    lineId,
    catalogItemId: availability.catalogItemId,
    productId: line.productId,
    skuId: line.skuId,
    title: sku.title,
    kind,
    quantity: line.quantity,
    billingCycle,
    needsRegistration: kind === 'reservation',
    ...defined({
      termDuration: term,
      currencyCode: line.currencyCode ?? availability.defaultCurrency?.code,
      inventoryVariables: sku.purchasePrerequisites.includes('inventory_check') ? sku.inventoryVariables : undefined,
      armRegionName: sku.dynamicAttributes['armRegionName'],
    }),
  };
}

function only<T>(values: readonly T[]): T | undefined {
  return values.length === 1 ? values[0] : undefined;
}
