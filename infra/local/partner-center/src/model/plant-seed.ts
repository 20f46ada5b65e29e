import { randomBytes } from 'node:crypto';
import { CUSTOMERS } from '#seed/customers';
import { seedInvoices } from '#seed/invoices';
import { SUBSCRIPTIONS } from '#seed/subscriptions';
import type { Store } from '#store/store';
import { monthStart } from './month';

/** Writes the seed into an empty store, without a commit; a store that has it is left alone. The seed date is the time of the first start, or of the reset. */
export function plantSeed(store: Store): void {
  if (store.values.get('seedDate') !== undefined) return;
  const seedDate = Date.now();
  store.values.put('seedDate', seedDate);
  store.values.put('billedUntil', monthStart(seedDate));
  if (store.values.get('tokenKey') === undefined) {
    store.values.put('tokenKey', randomBytes(32).toString('base64url'));
  }
  for (const customer of CUSTOMERS) store.customers.put(customer.id, customer);
  for (const subscription of SUBSCRIPTIONS) store.subscriptions.put(subscription.id, subscription);
  for (const invoice of seedInvoices(seedDate)) store.invoices.put(invoice.id, invoice);
}
