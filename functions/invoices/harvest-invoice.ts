import { createHash } from 'node:crypto';
import type { Blobs } from '#shared/azure/blobs';
import type { Bus } from '#shared/azure/bus';
import { defined } from '#shared/domain/defined';
import { ContractError } from '#shared/partner-center/errors/contract-error';
import { PartnerCenterError } from '#shared/partner-center/errors/partner-center-error';
import { downloadStatement, getInvoice } from '#shared/partner-center/resources/invoices';
import type { Call } from '#shared/partner-center/http/request';
import type { Transport } from '#shared/partner-center/http/transport';
import type { Log } from '#shared/log';
import { messageJson } from '#shared/pipeline/message-bytes';
import { sendInvalid, sendUnprocessable, type UnprocessableDeps } from '#shared/pipeline/unprocessable-message';
import { publish } from '#shared/pipeline/outbox';
import { harvestRequest, type HarvestRequest, type InvoiceDocument } from './invoice-document';
import { rejectedEvent, storedEvent } from './invoice-event';
import { judgePdf, LARGEST_PDF } from './judge-pdf';
import { planHarvest } from './plan-harvest';

export interface HarvestDeps extends UnprocessableDeps {
  partnerCenter: Transport;
  invoices: Blobs;
  log: Log;
  now(): Date;
  newId(): string;
}

/** A statement that is not there yet, or a throttled call, is tried again after so many seconds; then the timer lists it again. */
const PAUSES = [30, 120, 600, 1800, 3600];

/**
 * Downloads and stores one PDF. Running it twice, or twice at once, changes nothing: the blob is written once, and the event's id
 * and time come from the invoice and the blob.
 */
export function harvestInvoice(deps: HarvestDeps): (body: unknown) => Promise<void> {
  return async (body) => {
    const parsed = harvestRequest.safeParse(messageJson(body));
    if (!parsed.success) return sendInvalid(deps, 'invoice-harvest', parsed.error, body);
    try {
      await harvest(parsed.data, deps);
    } catch (error) {
      if (error instanceof ContractError) {
        const fields = { invoiceId: parsed.data.invoiceId, problems: error.problems.join('; ') };
        return deps.log('error', 'invoice not fetched; the timer will list it again', fields);
      }
      if (!(error instanceof PartnerCenterError)) throw error;
      await tryLater(parsed.data, error, deps);
    }
  };
}

async function harvest(request: HarvestRequest, deps: HarvestDeps): Promise<void> {
  const { invoiceId, amends = invoiceId } = request;
  const call = { requestId: deps.newId(), correlationId: deps.newId() };
  const invoice = await getInvoice(deps.partnerCenter, amends, call);
  const document = planHarvest(invoice).find((one) => one.invoiceId === invoiceId);
  if (document === undefined) {
    return sendUnprocessable(deps, {
      queue: 'invoice-harvest',
      reason: 'invalid-message',
      description: `Invoice ${amends} has no amendment ${invoiceId}.`,
      original: request,
    });
  }
  const stored = await deps.invoices.find(document.path);
  if (stored) return publish(deps.bus, storedEvent(document, stored));
  await download(document, { ...call, requestId: deps.newId() }, deps);
}

async function download(document: InvoiceDocument, call: Call, deps: HarvestDeps): Promise<void> {
  const { body } = await downloadStatement(deps.partnerCenter, document.invoiceId, call);
  const content = await readUpTo(body, LARGEST_PDF);
  const objection = judgePdf(content);
  if (objection !== undefined) {
    deps.log('error', 'invoice rejected', { invoiceId: document.invoiceId, objection });
    return publish(deps.bus, rejectedEvent(document, objection, content, deps.now()));
  }
  const stored = await deps.invoices.putOnce(document.path, content, 'application/pdf', {
    sha256: createHash('sha256').update(content).digest('hex'),
    invoiceid: document.invoiceId,
    documenttype: document.documentType,
    origin: 'partner-center',
  });
  await publish(deps.bus, storedEvent(document, stored));
  deps.log('info', 'invoice stored', { invoiceId: document.invoiceId, path: stored.path, size: stored.size });
}

/** The whole stream, or one byte more than allowed: enough to know that it is too large. */
async function readUpTo(stream: NodeJS.ReadableStream, limit: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream) {
    const bytes = Buffer.from(part);
    parts.push(bytes);
    size += bytes.length;
    if (size > limit) break;
  }
  return Buffer.concat(parts);
}

async function tryLater(request: HarvestRequest, error: PartnerCenterError, deps: HarvestDeps): Promise<void> {
  const pause = PAUSES[request.attempt - 1];
  const fields = { invoiceId: request.invoiceId, code: error.code, status: error.status, advice: error.advice };
  if (pause === undefined) return deps.log('error', 'invoice not fetched; the timer will list it again', fields);
  deps.log('warn', 'invoice not fetched; trying again later', fields);
  const seconds = Math.max(pause, error.retryAfterSeconds ?? 0);
  const notBefore = new Date(deps.now().getTime() + seconds * 1000);
  await requestHarvest(deps.bus, { ...request, attempt: request.attempt + 1 }, notBefore);
}

/** Puts a harvest request on its queue. */
export function requestHarvest(bus: Bus, request: HarvestRequest, notBefore?: Date): Promise<void> {
  return bus.send('invoice-harvest', {
    messageId: `invoice/${request.invoiceId}/${request.attempt}`,
    subject: 'invoice',
    correlationId: request.invoiceId,
    body: request,
    ...defined({ notBefore }),
  });
}
