import { getSku, listAvailabilities, type Availability, type Sku } from '#shared/partner-center/catalog';
import { getCustomer } from '#shared/partner-center/customers';
import { placedLines, type RequestedLine } from '#shared/domain/purchase-request';
import type { Stage } from '#shared/pipeline/stage';
import type { World } from '#shared/pipeline/world';
import { chooseOffer } from './choose-offer';
import { judgeChoices } from './judge-choices';

/**
 * Finds for each line what can be bought of it in the customer's country. The customer and the SKU are remembered for a
 * while; the availability never is, since its id changes (page "Product resources").
 */
export const discoverOffers: Stage = {
  name: 'discovery',
  async run(purchase, world) {
    const { customerId } = purchase.request;
    const customer = await world.cache.remember(`customer/${customerId}`, () =>
      getCustomer(world.partnerCenter, customerId, world.read()),
    );
    const { country } = customer;
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
    const entries = oncePerItem(country, world);
    const choices = await Promise.all(
      placedLines(purchase.request).map(async ({ lineId, line }) => {
        const { sku, availabilities } = await entries(line);
        return chooseOffer(lineId, line, country, sku, availabilities);
      }),
    );
    return judgeChoices(purchase, country, choices);
  },
};

interface CatalogueEntry {
  sku: Sku;
  availabilities: Availability[];
}

/** Reads each SKU of a purchase once, however many lines name it. */
function oncePerItem(country: string, world: World): (line: RequestedLine) => Promise<CatalogueEntry> {
  const asked = new Map<string, Promise<CatalogueEntry>>();
  return (line) => {
    const key = `${country}/${line.segment}/${line.productId}/${line.skuId}`;
    const entry = asked.get(key) ?? readEntry(key, country, line, world);
    asked.set(key, entry);
    return entry;
  };
}

async function readEntry(key: string, country: string, line: RequestedLine, world: World): Promise<CatalogueEntry> {
  const { productId, skuId, segment } = line;
  const sku = await world.cache.remember(`sku/${key}`, () =>
    getSku(world.partnerCenter, { country }, productId, skuId, {}, world.read()),
  );
  const options = { targetSegment: segment };
  const availabilities = await listAvailabilities(
    world.partnerCenter,
    { country },
    productId,
    skuId,
    options,
    world.read(),
  );
  return { sku, availabilities };
}
