import { z } from 'zod';

/** A document to download: what it is and where it is stored. Made from what Partner Center says, never from a message. */
export interface InvoiceDocument {
  readonly invoiceId: string;
  readonly path: string;
  readonly documentType: string;
  readonly totalCharges: string;
  readonly currencyCode: string;
  readonly invoiceDate?: string;
}

/** Invoice ids are plain words; anything else would be a path of somebody's choosing. */
export const PLAIN_ID = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;
const plainId = z.string().regex(PLAIN_ID, 'must be 1 to 64 letters, digits or hyphens');

/**
 * A message on `invoice-harvest`. It names a document and nothing more: where it is stored, its date and its totals are
 * asked of Partner Center, so that whoever writes to the queue cannot store one invoice under the name of another.
 */
export const harvestRequest = z.object({
  invoiceId: plainId,
  /** The invoice that it amends, directly or not; absent for an invoice itself. */
  amends: plainId.optional(),
  attempt: z.int().min(1),
});
export type HarvestRequest = z.infer<typeof harvestRequest>;
