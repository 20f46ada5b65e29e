import type { Table } from '#shared/azure/table';
import { fingerprint } from '#shared/domain/fingerprint';
import { placedLines, type PurchaseRequest } from '#shared/domain/purchase-request';

/** Another purchase that asks for the same: same customer, SKU and quantity, not long ago. */
export interface LookAlike {
  purchaseId: string;
  lineId: string;
  acceptedAt: string;
}

/** Finds purchases that were probably sent twice under two ids. */
export interface LookAlikes {
  /** Writes down what a purchase asks for, and returns the first earlier purchase that asks for some of the same. */
  register(purchaseId: string, request: PurchaseRequest, acceptedAt: Date): Promise<LookAlike | undefined>;
}

/**
 * One partition per customer, SKU and quantity, one row per purchase. Writing comes before reading: of two purchases at
 * the same time at least the later one sees the other.
 *
 * @param hours how long a purchase counts as recent
 */
export function createLookAlikes(table: Table, hours: number): LookAlikes {
  return {
    async register(purchaseId, request, acceptedAt) {
      for (const { lineId, line } of placedLines(request)) {
        const { productId, skuId, quantity } = line;
        const partition = `look-alike-${fingerprint([request.customerId, productId, skuId, quantity])}`;
        await table.write(partition, { rowKey: purchaseId, values: { acceptedAt: acceptedAt.toISOString() } }, []);
        const others = (await table.readAll(partition)).map(({ rowKey, values }) => ({
          purchaseId: rowKey,
          lineId,
          acceptedAt: values['acceptedAt'] ?? '',
        }));
        const own = others.find((other) => other.purchaseId === purchaseId)?.acceptedAt ?? '';
        const since = new Date(Date.parse(own) - hours * 60 * 60 * 1000).toISOString();
        const earlier = others.find(
          (other) => other.acceptedAt >= since && isBefore(other, { purchaseId, acceptedAt: own }),
        );
        if (earlier) return earlier;
      }
      return undefined;
    },
  };
}

/** Two purchases of the same millisecond are put in order by their ids, so that only one of them is held. */
function isBefore(
  a: Pick<LookAlike, 'purchaseId' | 'acceptedAt'>,
  b: Pick<LookAlike, 'purchaseId' | 'acceptedAt'>,
): boolean {
  return a.acceptedAt === b.acceptedAt ? a.purchaseId < b.purchaseId : a.acceptedAt < b.acceptedAt;
}
