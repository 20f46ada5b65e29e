import type { Blobs } from '#shared/azure/blobs';
import type { Bus } from '#shared/azure/bus';
import { defined } from '#shared/domain/defined';
import { listInvoices as readInvoices } from '#shared/partner-center/resources/invoices';
import type { Transport } from '#shared/partner-center/http/transport';
import type { OddMember } from '#shared/partner-center/schema/json-types';
import type { Log } from '#shared/log';
import { requestHarvest } from './harvest-invoice';
import { keepUnreadable } from './keep-unreadable';
import { planHarvest, unreadableParts, windowOf } from './plan-harvest';

export interface ListInvoicesDeps {
  partnerCenter: Transport;
  bus: Bus;
  invoices: Blobs;
  invoiceWindowDays: number;
  log: Log;
  now(): Date;
  newId(): string;
}

/**
 * The timer's work: one message for each invoice or amendment of the window that has no PDF yet. The window looks far
 * back, because amendments of an old invoice come late (page "Get a collection of invoices"). A record that can't be read is
 * kept as it came, and costs no other.
 */
export function listInvoices(deps: ListInvoicesDeps): () => Promise<void> {
  return async () => {
    const window = windowOf(deps.now(), deps.invoiceWindowDays);
    const call = { requestId: deps.newId(), correlationId: deps.newId() };
    let listed = 0;
    let asked = 0;
    let unreadable = 0;
    const odd: OddMember[] = [];
    const keepOdd = async () => {
      for (const one of odd.splice(0)) {
        unreadable++;
        await keepUnreadable(one, deps);
      }
    };
    for await (const invoice of readInvoices(deps.partnerCenter, window, call, (one) => odd.push(one))) {
      odd.push(...unreadableParts(invoice));
      await keepOdd();
      for (const { invoiceId, path } of planHarvest(invoice)) {
        listed++;
        if (await deps.invoices.find(path)) continue;
        asked++;
        const amends = invoiceId === invoice.id ? undefined : invoice.id;
        await requestHarvest(deps.bus, { invoiceId, ...defined({ amends }), attempt: 1 });
      }
    }
    await keepOdd();
    deps.log('info', 'invoices listed', { from: window.from, listed, asked, unreadable });
  };
}
