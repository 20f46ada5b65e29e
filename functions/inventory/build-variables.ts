import type { Offer, Purchase } from '#shared/domain/purchase';
import { placedLines } from '#shared/domain/purchase-request';

/** What is known of an offer that an inventory check may ask for, by Partner Center's names (page "Check inventory"). */
export function buildVariables({ request }: Purchase, { lineId, armRegionName }: Offer): Map<string, string> {
  const line = placedLines(request).find((placed) => placed.lineId === lineId)?.line;
  const known = {
    customerId: request.customerId,
    azureSubscriptionId: line?.azureSubscriptionId,
    armRegionName,
  };
  return new Map(Object.entries(known).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
