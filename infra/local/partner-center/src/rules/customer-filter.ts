import { z } from 'zod';
import type { Customer } from '#store/records';
import { filterJson } from '#wire/filter-json';
import { refusal } from '#wire/refusal';

const filterSchema = z.object({ field: z.string(), value: z.string(), operator: z.string() });

/** Page "get-a-customer-by-name": only `starts_with` works. Customers of indirect resellers do not exist here. */
export function customerNameFilter(text: string | undefined): (customer: Customer) => boolean {
  if (text === undefined) return () => true;
  const filter = filterSchema.safeParse(filterJson(text));
  if (!filter.success) throw refusal('invalidInput', 'The filter needs Field, Value and Operator.');
  const { field, operator } = filter.data;
  if (operator.toLowerCase().replaceAll('_', '') !== 'startswith')
    throw refusal('invalidEnum', 'Only starts_with works.');
  const start = filter.data.value.toLowerCase();
  switch (field.toLowerCase()) {
    case 'companyname':
    case 'displayname':
      return (customer) => customer.companyName.toLowerCase().startsWith(start);
    case 'domain':
    case 'defaultdomainname':
      return (customer) => customer.domain.toLowerCase().startsWith(start);
    case 'indirectreseller':
    case 'indirectcloudsolutionprovider':
      return () => false;
    default:
      throw refusal('invalidInput', `Customers cannot be filtered by ${field}.`);
  }
}
