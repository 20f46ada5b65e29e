import type { InvoiceDocument } from '#store/records';

/** Line items that are made when they are asked for, so that a million of them need no memory. */
export interface LineSource {
  readonly count: number;
  readonly at: (index: number) => object;
}

/** What the lines belong to: an invoice, or the period that is not billed yet. */
export type Billed =
  | { readonly kind: 'invoice'; readonly document: InvoiceDocument }
  | { readonly kind: 'unbilled'; readonly currencyCode: string };

/** For invoices that have none of a kind. */
export const noLines: LineSource = { count: 0, at: () => ({}) };
