import type { InvoiceDocument } from '#store/records';

/** Line items made on demand, so that a million of them need no memory. */
export interface LineSource {
  readonly count: number;
  readonly at: (index: number) => object;
}

/** What the lines belong to: an invoice, or the period that is not yet billed. */
export type Billed =
  | { readonly kind: 'invoice'; readonly document: InvoiceDocument }
  | { readonly kind: 'unbilled'; readonly currencyCode: string };

/** For invoices without lines of a kind. */
export const NO_LINES: LineSource = { count: 0, at: () => ({}) };
