import { z } from 'zod';

/** A document to download: what it is and where it is stored. */
const invoiceDocument = z.object({
  invoiceId: z.string(),
  path: z.string(),
  documentType: z.string(),
  totalCharges: z.string(),
  currencyCode: z.string(),
  invoiceDate: z.string().optional(),
});
export type InvoiceDocument = z.infer<typeof invoiceDocument>;

/** A message on `invoice-harvest`. */
export const harvestRequest = invoiceDocument.extend({ attempt: z.int().min(1) });
export type HarvestRequest = z.infer<typeof harvestRequest>;
