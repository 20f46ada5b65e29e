import type { z } from 'zod';
import { link, list, record, text } from './wire';

/**
 * The envelope around every list. `totalCount` is left out on purpose: it counts this page only, in most answers,
 * and must not be used as a grand total. An answer that is a bare array is read as a collection too.
 */
export function collection<Item extends z.ZodType>(item: Item) {
  return record({
    items: list(item),
    continuationToken: text.optional(),
    links: record({ next: link.optional() }).optional(),
  });
}
