import { z } from 'zod';
import { filterJson } from '#wire/filter-json';
import { refusal } from '#wire/refusal';

interface DateFilter {
  readonly kind: 'date';
  readonly field: string;
  readonly value: string;
  readonly operator: string;
}
interface JoinedFilter {
  readonly kind: 'joined';
  readonly leftFilter: Filter;
  readonly rightFilter: Filter;
  readonly operator: string;
}
type Filter = DateFilter | JoinedFilter;

const filterSchema: z.ZodType<Filter> = z.lazy(() =>
  z.union([
    z
      .object({ leftFilter: filterSchema, rightFilter: filterSchema, operator: z.string() })
      .transform((filter) => ({ kind: 'joined' as const, ...filter })),
    z
      .object({ field: z.string(), value: z.string(), operator: z.string() })
      .transform((filter) => ({ kind: 'date' as const, ...filter })),
  ]),
);

type Compare = (date: number, value: number) => boolean;
const COMPARISONS: ReadonlyMap<string, Compare> = new Map([
  ['equals', (date, value) => date === value],
  ['notequals', (date, value) => date !== value],
  ['greaterthan', (date, value) => date > value],
  ['greaterthanorequals', (date, value) => date >= value],
  ['lessthan', (date, value) => date < value],
  ['lessthanorequals', (date, value) => date <= value],
]);

const word = (text: string): string => text.toLowerCase().replaceAll('_', '');

/** The filter of the invoice list: comparisons of InvoiceDate, joined by and/or. Dates in milliseconds. */
export function invoiceDateFilter(text: string | undefined): (date: number) => boolean {
  if (text === undefined) return () => true;
  const filter = filterSchema.safeParse(filterJson(text));
  if (!filter.success) throw refusal('invalidInput', 'The filter is not understood.');
  return predicate(filter.data);
}

function predicate(filter: Filter): (date: number) => boolean {
  if (filter.kind === 'joined') {
    const left = predicate(filter.leftFilter);
    const right = predicate(filter.rightFilter);
    if (word(filter.operator) === 'and') return (date) => left(date) && right(date);
    if (word(filter.operator) === 'or') return (date) => left(date) || right(date);
    throw refusal('invalidEnum', 'Filters are joined by and, or.');
  }
  const compare = COMPARISONS.get(word(filter.operator));
  const value = Date.parse(filter.value);
  if (!compare) throw refusal('invalidEnum', `${filter.operator} is not an operator.`);
  if (word(filter.field) !== 'invoicedate') throw refusal('invalidInput', 'Invoices are filtered by InvoiceDate.');
  if (Number.isNaN(value)) throw refusal('invalidInput', `${filter.value} is not a date.`);
  return (date) => compare(date, value);
}
