import type { ServiceBusClient } from '@azure/service-bus';
import { z } from 'zod';
import { ask } from './ask';
import { sign } from './sign';

/** What a partner's CRM needs to post purchases and to read them. */
export interface Caller {
  /** Where the functions answer, such as http://127.0.0.1:7071. */
  readonly functionsUrl: string;
  readonly signingSecret: string;
  readonly readKey: string;
}

/** Posts a purchase request as a signed webhook. Rejects with NotRunning when the stack is not up. */
export function postPurchase(
  { functionsUrl, signingSecret }: Caller,
  id: string,
  body: string | Uint8Array,
): Promise<Response> {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const headers = { 'content-type': 'application/json', ...sign(signingSecret, id, bytes) };
  return ask(`${functionsUrl}/api/purchases`, { method: 'POST', headers, body: bytes });
}

/** Puts a purchase request on `purchase-requests`, signed like a webhook. The body is sent as bytes, as most ERP systems do. */
export async function sendErpOrder(
  bus: ServiceBusClient,
  signingSecret: string,
  id: string,
  body: string,
): Promise<void> {
  const bytes = Buffer.from(body);
  const sender = bus.createSender('purchase-requests');
  await sender.sendMessages({
    messageId: id,
    body: bytes,
    contentType: 'application/json',
    applicationProperties: sign(signingSecret, id, bytes),
  });
  await sender.close();
}

const historyEntry = z.object({
  version: z.number(),
  at: z.string(),
  stage: z.string(),
  attempt: z.number(),
  outcome: z.string(),
  note: z.string(),
  milliseconds: z.number(),
});
export type HistoryEntry = z.infer<typeof historyEntry>;

const purchaseView = z.object({
  purchaseId: z.string(),
  requestId: z.string(),
  status: z.string(),
  stage: z.string(),
  cart: z
    .object({ id: z.string(), lines: z.array(z.object({ lineId: z.string(), orderGroup: z.string() })) })
    .optional(),
  orders: z.array(z.object({ orderGroup: z.string(), orderId: z.string(), status: z.string() })).optional(),
  reason: z.object({ code: z.string(), message: z.string(), advice: z.string() }).optional(),
  history: z.array(historyEntry),
});
/** A purchase as `GET /api/purchases/{id}` shows it. */
export type PurchaseView = z.infer<typeof purchaseView>;

/** Reads a purchase, or undefined while there is none. */
export async function readPurchase(
  { functionsUrl, readKey }: Pick<Caller, 'functionsUrl' | 'readKey'>,
  purchaseId: string,
): Promise<PurchaseView | undefined> {
  const answer = await ask(`${functionsUrl}/api/purchases/${purchaseId}`, {
    headers: { authorization: `Bearer ${readKey}` },
  });
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(`reading purchase ${purchaseId} answered ${answer.status}: ${await answer.text()}`);
  return purchaseView.parse(await answer.json());
}
