import { randomBytes } from 'node:crypto';
import type { Store } from '#store/store';
import { monthStart } from './month';
import { customers } from '#seed/customers';
import { seedInvoices } from '#seed/invoices';
import { subscriptions } from '#seed/subscriptions';

/** Fills an empty store, without committing; a planted one is left alone. The seed date is the moment of the first start, or of the reset. */
export function plantSeed(store: Store): void {
  if (store.settled.get('seedDate') !== undefined) return;
  const seedDate = Date.now();
  store.settled.put('seedDate', seedDate);
  store.settled.put('billedUntil', monthStart(seedDate));
  if (store.settled.get('tokenKey') === undefined) {
    store.settled.put('tokenKey', randomBytes(32).toString('base64url'));
  }
  for (const customer of customers) store.customers.put(customer.id, customer);
  for (const subscription of subscriptions) store.subscriptions.put(subscription.id, subscription);
  for (const invoice of seedInvoices(seedDate)) store.invoices.put(invoice.id, invoice);
}
