import type { InvocationContext } from '@azure/functions';
import { z } from 'zod';
import { defined } from '#shared/domain/defined';
import {
  messageProperties,
  sendUnprocessable,
  type UnprocessableMessage,
} from '#shared/pipeline/unprocessable-message';
import { messageBytes } from '#shared/pipeline/message-bytes';
import { acceptPurchase } from './accept-purchase';
import { matchSigner, type SignatureHeaders } from './match-signer';
import { judgeRequest } from './judge-request';
import type { IntakeDeps } from './receive-webhook';

/** What the broker says of a message; the body arrives as bytes. Application properties carry the signature. */
const delivery = z.object({
  messageId: z.coerce.string().optional(),
  sequenceNumber: z.coerce.string().optional(),
  contentType: z.coerce.string().optional(),
  enqueuedTimeUtc: z.coerce.date().optional(),
  applicationProperties: messageProperties,
});

/**
 * How old a signature may be when its message is put on the queue: 30 days. A message may be scheduled for later, and an
 * operator may send it again as long as it is kept (14 days on its queue, 14 among the unprocessable messages). Unlike a
 * webhook, which anybody can repeat who has seen one, it takes send rights on the queue; and an order that was accepted is
 * the same purchase forever, however often and late it comes. So the age only bounds what a stranger with such rights
 * could do with an order that never arrived.
 */
const OLDEST_SECONDS = 30 * 24 * 60 * 60;

/**
 * The entry point for ERP systems: a message on `purchase-requests`, signed like a webhook in its application properties. What
 * can't be accepted goes to `unprocessable-messages` with the reason; its time counts from when it was put on the queue.
 */
export function receiveErpOrder(deps: IntakeDeps): (body: unknown, context: InvocationContext) => Promise<void> {
  return async (message, context) => {
    const {
      enqueuedTimeUtc,
      applicationProperties: properties,
      ...rest
    } = delivery.parse(context.triggerMetadata ?? {});
    const body = messageBytes(message);
    const reject = (reason: UnprocessableMessage['reason'], description: string) => {
      deps.log('warn', 'purchase request rejected', { reason, description });
      return sendUnprocessable(deps, {
        queue: 'purchase-requests',
        reason,
        description,
        original: body,
        properties,
        ...defined(rest),
      });
    };
    const signer = matchSigner(
      signatureOf(properties),
      body,
      deps.requesters.filter(({ kind }) => kind === 'erp'),
      enqueuedTimeUtc ?? deps.now(),
      OLDEST_SECONDS,
    );
    if (signer.kind === 'unknown') return reject('bad-signature', `The message was rejected: ${signer.why}.`);
    if (signer.kind === 'malformed-id') return reject('invalid-request', `webhook-id: ${signer.rule}`);
    const judged = judgeRequest(body, signer.requester);
    if (judged.kind === 'invalid') {
      return reject(judged.reason, judged.problems.map(({ field, message: text }) => `${field}: ${text}`).join('; '));
    }
    const { kind, purchaseId } = await acceptPurchase(signer.requester, signer.requestId, judged.request, deps);
    if (kind === 'conflict')
      return reject('conflict', `Id ${signer.requestId} is purchase ${purchaseId} with other content.`);
  };
}

/** The signature under the names of the headers, or with `_` for `-`: JMS allows no `-` in the name of a property. */
function signatureOf(properties: Readonly<Record<string, unknown>>): SignatureHeaders {
  const read = (name: string) => {
    const value = properties[`webhook-${name}`] ?? properties[`webhook_${name}`];
    return typeof value === 'string' || typeof value === 'number' ? `${value}` : undefined;
  };
  return { id: read('id'), timestamp: read('timestamp'), signature: read('signature') };
}
