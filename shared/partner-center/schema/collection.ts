import { z } from 'zod';
import { link, record, text } from './json-types';

/**
 * The envelope around every list. `totalCount` is not passed on: it counts this page only, in most answers, and must not
 * be used as a grand total. A body without items is an empty list only if it says so: anything else would read as one.
 * To be made once per kind of list: zod compiles a schema at its first use, which takes a hundred times longer than using it.
 */
export function collection<Item extends z.ZodType>(item: Item) {
  return record({
    totalCount: text.optional(),
    items: z.array(item).optional(),
    continuationToken: text.optional(),
    links: record({ next: link.optional() }).optional(),
  }).transform(({ totalCount, items, continuationToken, links }, context) => {
    if (items === undefined && totalCount !== '0') {
      context.addIssue({ code: 'custom', path: ['items'], message: 'expected a list' });
      return z.NEVER;
    }
    return { items: items ?? [], continuationToken, links };
  });
}
