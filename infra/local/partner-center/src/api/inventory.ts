import { z } from 'zod';
import type { CatalogueItem } from '#model/catalogue';
import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import { isSoldOut } from '#rules/stock';
import type { Sku } from '#seed/skus';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { refusal } from '#wire/refusal';
import { requiredCountry } from './catalogue-scope';

/** The inventory check (page "check-inventory"): an array without an envelope and without unknown items. */
export const inventoryRoutes: readonly Route[] = [
  {
    name: 'checkInventory',
    method: 'POST',
    path: '/v1/extensions/product/checkInventory',
    access: 'token',
    safe: true,
    answer: check,
  },
];

const requestSchema = z.object({
  targetItems: z.array(z.object({ productId: z.string(), skuId: z.string().nullish() })).min(1),
  inventoryContext: z.record(z.string(), z.string()).nullish(),
});

function check(call: Call, context: SandboxContext): Answer {
  const country = requiredCountry(call);
  const { targetItems, inventoryContext } = call.body(requestSchema);
  const sold = context.catalogue.availabilities(country);
  const items = targetItems.flatMap(({ productId, skuId }) => {
    const fits = sold.filter(
      ({ product, sku }) =>
        product.id === productId.toUpperCase() && (!skuId || sku.id.toUpperCase() === skuId.toUpperCase()),
    );
    return fits.map((item) => itemBody(item.sku, restriction(item, inventoryContext ?? {}, context)));
  });
  return json(items);
}

/** Where a SKU is restricted, or undefined. Throws when a variable that the SKU needs is missing. */
function restriction(
  item: CatalogueItem,
  variables: Readonly<Record<string, string>>,
  context: SandboxContext,
): string | undefined {
  const { sku } = item;
  const missing = (sku.inventoryVariables ?? []).filter((name) => variables[lowerCamel(name)] === undefined);
  if (missing.length > 0)
    throw refusal('invalidInput', `inventoryContext lacks ${missing.map(lowerCamel).join(', ')}.`);
  const region = sku.dynamicAttributes['armRegionName'];
  const asked = variables['armRegionName'];
  if (isSoldOut(item, context)) return typeof region === 'string' ? region : 'everywhere';
  return asked !== undefined && asked !== region ? asked : undefined;
}

const lowerCamel = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

const itemBody = (sku: Sku, location: string | undefined): object => ({
  productId: sku.productId,
  skuId: sku.id,
  isRestricted: location !== undefined,
  restrictions:
    location === undefined
      ? []
      : [
          {
            reasonCode: 'NotAvailableForSubscription',
            description: `Restriction identified of type 'Location' with values '${location}'.`,
            properties: { type: 'Location', values: location },
          },
        ],
});
