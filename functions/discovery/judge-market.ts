import type { ItemKind, Reason } from '#shared/domain/purchase';

/** Where a purchase is made, and what may be sold there. */
export interface Market {
  country: string;
  /** Countries without software subscriptions and Azure reservations. */
  unavailable: ReadonlySet<string>;
  perpetualSoftwareQualified: boolean;
}

const NAMES: Record<ItemKind, string> = {
  reservation: 'an Azure reservation',
  'software-subscription': 'a software subscription',
  'perpetual-software': 'perpetual software',
  licence: 'a licence',
  saas: 'a marketplace subscription',
  other: 'another item',
};

/**
 * Why an item of this kind can't be sold in this market, or undefined (pages "Make a one-time purchase", "Purchase Azure
 * reservations"). `what` names the line and the item.
 */
export function judgeMarket(what: string, kind: ItemKind, market: Market): Reason | undefined {
  if ((kind === 'reservation' || kind === 'software-subscription') && market.unavailable.has(market.country)) {
    return {
      code: 'market-unavailable',
      message: `${what} is ${NAMES[kind]}, which is not sold in ${market.country}.`,
      advice: 'Ask for another item. If Microsoft sells it there by now, set UNAVAILABLE_MARKETS.',
    };
  }
  if (kind === 'perpetual-software' && !market.perpetualSoftwareQualified) {
    return {
      code: 'partner-not-qualified',
      message: `${what} is perpetual software, which only partners may sell whom Microsoft has qualified for it.`,
      advice: 'Arrange it with Partner Center support, then set PERPETUAL_SOFTWARE_QUALIFIED to true and ask again.',
    };
  }
  return undefined;
}

/** Why the catalogue of this market does not have an item. `code` is Partner Center's own. */
export function notInCatalogue(what: string, code: string, { country, unavailable }: Market): Reason {
  const closed = unavailable.has(country)
    ? ` Software subscriptions and Azure reservations are not sold in ${country}.`
    : '';
  return {
    code,
    message: `${what} is not in the catalogue of ${country}.`,
    advice: `Check product, SKU and segment, and whether the item is sold in ${country}.${closed}`,
  };
}
