import { z } from 'zod';
import { callApi } from '#shared/partner-center/http/call-api';
import type { Call } from '#shared/partner-center/http/request';
import type { Transport } from '#shared/partner-center/http/transport';
import { flag, list, map, record, text } from '#shared/partner-center/schema/json-types';

export interface InventoryQuestion {
  /** The customer's country, two letters. */
  readonly country: string;
  /** Without skuId: all SKUs of the product. */
  readonly targetItems: readonly { readonly productId: string; readonly skuId?: string | undefined }[];
  /** The SKU's inventory variables in lower camel case: customerId, azureSubscriptionId, armRegionName. */
  readonly inventoryContext: Readonly<Record<string, string>>;
}

const inventoryItem = record({
  productId: text,
  skuId: text,
  isRestricted: flag,
  restrictions: list(record({ reasonCode: text.optional(), description: text.optional(), properties: map })),
});
export type InventoryItem = z.infer<typeof inventoryItem>;
/** Whole or not at all: an item that is left out would count as not available. */
const inventoryItems = z.array(inventoryItem);

/**
 * Which of the items are restricted now ("Check inventory"). Nothing is reserved by asking, and an item that is
 * not in the catalogue is silently left out of the answer: missing must count as not available.
 */
export async function checkInventory(pc: Transport, question: InventoryQuestion, call: Call): Promise<InventoryItem[]> {
  return callApi(
    pc,
    {
      operation: 'check inventory',
      method: 'POST',
      path: '/v1/extensions/product/checkInventory',
      query: { country: question.country },
      body: { targetItems: question.targetItems, inventoryContext: question.inventoryContext },
      token: 'app',
      readsOnly: true,
    },
    inventoryItems,
    call,
  );
}
