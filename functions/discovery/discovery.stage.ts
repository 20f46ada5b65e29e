import {
  getProduct,
  getSku,
  ifSold,
  listAvailabilities,
  type NotSold,
} from '#shared/partner-center/resources/catalogue';
import { getCustomer } from '#shared/partner-center/resources/customers';
import { placedLines, type RequestedLine } from '#shared/domain/purchase-request';
import type { Purchase } from '#shared/domain/purchase';
import type { Stage } from '#shared/pipeline/stage';
import type { StageContext } from '#shared/pipeline/stage';
import { chooseOffer, type CatalogueEntry } from './choose-offer';
import { judgeChoices } from './judge-choices';
import listed from './unavailable-markets.json';

/**
 * Finds for each line what can be bought of it in the market. The customer, the product and the SKU are remembered for a
 * while; the availability never is, since its id changes (page "Product resources").
 */
export const discoveryStage: Stage<'discovery'> = {
  name: 'discovery',
  async run(purchase, context) {
    const { customerId, currency } = purchase.request;
    const country = purchase.request.country ?? (await countryOf(customerId, context));
    if (country === undefined) {
      return {
        kind: 'hold',
        reason: {
          code: 'no-country',
          message: `Customer ${customerId} has no country in its billing profile.`,
          advice: "Complete the customer's billing profile in Partner Center, then resume the purchase.",
        },
      };
    }
    const { unavailableMarkets = listed.markets, perpetualSoftwareQualified } = context.settings;
    const market = { country, unavailable: new Set(unavailableMarkets), perpetualSoftwareQualified };
    const entries = oncePerItem(country, purchase, context);
    const choices = await Promise.all(
      placedLines(purchase.request).map(async ({ lineId, line }) => {
        const wanted = { ...line, currencyCode: line.currencyCode ?? currency };
        return chooseOffer(lineId, wanted, await entries(line), market);
      }),
    );
    return judgeChoices(purchase, country, choices);
  },
};

async function countryOf(customerId: string, context: StageContext): Promise<string | undefined> {
  const key = `customer/${customerId}`;
  const find = () => getCustomer(context.partnerCenter, customerId, context.read());
  const known = await context.cache.remember(key, find);
  // A profile that was not complete may be by now: that is what the advice asks for.
  return known.country ?? (await context.cache.remember(key, find, true)).country;
}

type ReadEntry = (line: RequestedLine) => Promise<CatalogueEntry | NotSold>;

/** Reads each SKU of a purchase once, however many lines name it. */
function oncePerItem(country: string, purchase: Purchase, context: StageContext): ReadEntry {
  // What was remembered may have led to offers that were not good: now it is read afresh.
  const isFresh = purchase.catalogueRefreshed ?? false;
  const asked = new Map<string, Promise<CatalogueEntry | NotSold>>();
  return (line) => {
    const key = [country, line.segment, line.forAzurePlan ? 'AzurePlan' : '', line.productId, line.skuId].join('/');
    const entry = asked.get(key) ?? ifSold(readEntry(key, country, line, context, isFresh));
    asked.set(key, entry);
    return entry;
  };
}

async function readEntry(
  key: string,
  country: string,
  { productId, skuId, segment, forAzurePlan }: RequestedLine,
  context: StageContext,
  isFresh: boolean,
): Promise<CatalogueEntry> {
  const { partnerCenter, cache } = context;
  const scope = { kind: 'market', country } as const;
  const options = forAzurePlan ? ({ reservationScope: 'AzurePlan' } as const) : {};
  let unreadable = 0;
  const [product, sku, availabilities] = await Promise.all([
    cache.remember(
      `product/${key}`,
      () => getProduct(partnerCenter, scope, productId, options, context.read()),
      isFresh,
    ),
    cache.remember(
      `sku/${key}`,
      () => getSku(partnerCenter, scope, productId, skuId, options, context.read()),
      isFresh,
    ),
    listAvailabilities(
      partnerCenter,
      scope,
      productId,
      skuId,
      { ...options, targetSegment: segment },
      context.read(),
      () => (unreadable += 1),
    ),
  ]);
  return { kind: 'sold', product, sku, availabilities, unreadable };
}
