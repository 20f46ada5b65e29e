import type { Blobs } from '#shared/azure/blobs';
import type { Bus } from '#shared/azure/bus';
import { listInvoices as readInvoices } from '#shared/partner-center/resources/invoices';
import type { Transport } from '#shared/partner-center/http/transport';
import type { Log } from '#shared/log';
import { requestHarvest } from './harvest-invoice';
import { planHarvest, windowOf } from './plan-harvest';

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
 * back, because amendments of an old invoice come late (page "Get a collection of invoices").
 */
export function listInvoices(deps: ListInvoicesDeps): () => Promise<void> {
  return async () => {
    const window = windowOf(deps.now(), deps.invoiceWindowDays);
    const call = { requestId: deps.newId(), correlationId: deps.newId() };
    let listed = 0;
    let asked = 0;
    for await (const invoice of readInvoices(deps.partnerCenter, window, call)) {
      for (const document of planHarvest(invoice)) {
        listed++;
        if (await deps.invoices.find(document.path)) continue;
        asked++;
        await requestHarvest(deps.bus, { ...document, attempt: 1 });
      }
    }
    deps.log('info', 'invoices listed', { from: window.from, listed, asked });
  };
}
