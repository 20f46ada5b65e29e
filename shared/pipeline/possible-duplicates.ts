import type { Table } from '#shared/azure/table';
import { fingerprint } from '#shared/domain/fingerprint';
import { placedLines, type PurchaseRequest } from '#shared/domain/purchase-request';

/** Another purchase that asks for the same: same customer, SKU and quantity, not long ago. */
export interface PossibleDuplicate {
  purchaseId: string;
  lineId: string;
  acceptedAt: string;
}

/** Finds purchases that were probably sent twice under two ids. */
export interface PossibleDuplicates {
  /** Writes down what a purchase asks for, and returns the first earlier purchase that asks for some of the same. */
  register(purchaseId: string, request: PurchaseRequest, acceptedAt: Date): Promise<PossibleDuplicate | undefined>;
}

/**
 * One partition per customer, SKU and quantity, one row per purchase. Writing comes before reading: of two purchases at
 * the same time at least one sees the other; both may.
 *
 * @param hours how long a purchase counts as recent
 */
export function createPossibleDuplicates(table: Table, hours: number): PossibleDuplicates {
  return {
    async register(purchaseId, request, acceptedAt) {
      const found: PossibleDuplicate[] = [];
      for (const { lineId, line } of placedLines(request)) {
        const { productId, skuId, quantity } = line;
        const partition = `possible-duplicate-${fingerprint([request.customerId, productId.toUpperCase(), skuId.toUpperCase(), quantity])}`;
        const row = { rowKey: purchaseId, values: { acceptedAt: acceptedAt.toISOString() } };
        const isNew = (await table.write(partition, row, [])) !== undefined;
        const all = (await table.readAll(partition)).map(({ rowKey, values }) => ({
          purchaseId: rowKey,
          lineId,
          acceptedAt: values['acceptedAt'] ?? '',
        }));
        const own = all.find((other) => other.purchaseId === purchaseId)?.acceptedAt ?? '';
        const since = new Date(Date.parse(own) - hours * 60 * 60 * 1000).toISOString();
        // Whatever was there when this row was written is a possible duplicate, whatever its clock says.
        const other = all.find(
          (one) => one.purchaseId !== purchaseId && one.acceptedAt >= since && (isNew || one.acceptedAt <= own),
        );
        if (other) found.push(other);
      }
      return found[0];
    },
  };
}
