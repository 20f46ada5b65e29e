import type { z } from 'zod';
import type { ApiRequest, Call, Transport } from './transport';

/** size/offset: invoices, legacy line items. continuation: modern line items, customers, audit records ("Page results"). */
export type PagingScheme = 'offset' | 'continuation';

/** Every item of a paged list, page after page, each page only when it is wanted. */
export async function* readPages<Item extends z.ZodType>(
  _pc: Transport,
  _request: ApiRequest,
  _scheme: PagingScheme,
  _item: Item,
  _call: Call,
): AsyncGenerator<z.infer<Item>> {
  throw new Error('readPages is not written yet');
}
