import { getProduct, getSku, ifSold, listAvailabilities, type NotSold } from '#shared/partner-center/resources/catalogue';
import { getCustomer } from '#shared/partner-center/resources/customers';
import { placedLines, type RequestedLine } from '#shared/domain/purchase-request';
import type { Purchase } from '#shared/domain/purchase';
import type { Stage } from '#shared/pipeline/run-stage';
import type { World } from '#shared/pipeline/stage-context';
import { chooseOffer, type CatalogueEntry } from './choose-offer';
import { judgeChoices } from './judge-choices';
import listed from './unavailable-markets.json';

/**
 * Finds for each line what can be bought of it in the market. The customer, the product and the SKU are remembered for a
 * while; the availability never is, since its id changes (page "Product resources").
 */
export const discoverOffers: Stage = {
  name: 'discovery',
  async run(purchase, world) {
    const { customerId, currency } = purchase.request;
    const country = purchase.request.country ?? (await countryOf(customerId, world));
    if (country === undefined) {
      return {
        kind: 'held',
        reason: {
          code: 'no-country',
          message: `Customer ${customerId} has no country in its billing profile.`,
          advice: "Complete the customer's billing profile in Partner Center, then resume the purchase.",
        },
      };
    }
    const { unavailableMarkets = listed.markets, perpetualSoftwareQualified } = world.policy;
    const market = { country, unavailable: new Set(unavailableMarkets), perpetualSoftwareQualified };
    const entries = oncePerItem(country, purchase, world);
    const choices = await Promise.all(
      placedLines(purchase.request).map(async ({ lineId, line }) => {
        const wish = { ...line, currencyCode: line.currencyCode ?? currency };
        return chooseOffer(lineId, wish, await entries(line), market);
      }),
    );
    return judgeChoices(purchase, country, choices);
  },
};

async function countryOf(customerId: string, world: World): Promise<string | undefined> {
  const key = `customer/${customerId}`;
  const find = () => getCustomer(world.partnerCenter, customerId, world.read());
  const known = await world.cache.remember(key, find);
  // A profile that was not complete may be by now: that is what the advice asks for.
  return known.country ?? (await world.cache.remember(key, find, true)).country;
}

type ReadEntry = (line: RequestedLine) => Promise<CatalogueEntry | NotSold>;

/** Reads each SKU of a purchase once, however many lines name it. */
function oncePerItem(country: string, purchase: Purchase, world: World): ReadEntry {
  // What was remembered may have led to offers that were not good: now it is read afresh.
  const isFresh = purchase.isSecondLook ?? false;
  const asked = new Map<string, Promise<CatalogueEntry | NotSold>>();
  return (line) => {
    const key = [country, line.segment, line.forAzurePlan ? 'AzurePlan' : '', line.productId, line.skuId].join('/');
    const entry = asked.get(key) ?? ifSold(readEntry(key, country, line, world, isFresh));
    asked.set(key, entry);
    return entry;
  };
}

async function readEntry(
  key: string,
  country: string,
  { productId, skuId, segment, forAzurePlan }: RequestedLine,
  world: World,
  isFresh: boolean,
): Promise<CatalogueEntry> {
  const { partnerCenter, cache } = world;
  const scope = { country };
  const options = forAzurePlan ? ({ reservationScope: 'AzurePlan' } as const) : {};
  const [product, sku, availabilities] = await Promise.all([
    cache.remember(`product/${key}`, () => getProduct(partnerCenter, scope, productId, options, world.read()), isFresh),
    cache.remember(`sku/${key}`, () => getSku(partnerCenter, scope, productId, skuId, options, world.read()), isFresh),
    listAvailabilities(partnerCenter, scope, productId, skuId, { ...options, targetSegment: segment }, world.read()),
  ]);
  return { product, sku, availabilities };
}
