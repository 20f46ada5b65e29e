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
import { matchSigner } from './match-signer';
import { judgeRequest } from './judge-request';
import type { IntakeDeps } from './receive-webhook';

/** What the broker says of a message; the body arrives as bytes. Application properties carry the signature. */
const delivery = z.object({
  messageId: z.coerce.string().optional(),
  enqueuedTimeUtc: z.coerce.date().optional(),
  applicationProperties: messageProperties,
});

/**
 * The entry point for ERP systems: a message on `purchase-requests`, signed like a webhook in its application properties. What
 * can't be accepted goes to `unprocessable-messages` with the reason; its time counts from when it was put on the queue.
 */
export function receiveErpOrder(deps: IntakeDeps): (body: unknown, context: InvocationContext) => Promise<void> {
  return async (message, context) => {
    const {
      messageId,
      enqueuedTimeUtc,
      applicationProperties: properties,
    } = delivery.parse(context.triggerMetadata ?? {});
    const body = messageBytes(message);
    const reject = (reason: UnprocessableMessage['reason'], description: string) => {
      deps.log('warn', 'purchase request rejected', { reason, description });
      const original = body.toString('utf8');
      return sendUnprocessable(deps, {
        queue: 'purchase-requests',
        reason,
        description,
        original,
        properties,
        ...defined({ messageId }),
      });
    };
    const header = (name: string) => properties[name]?.toString();
    const signer = matchSigner(
      { id: header('webhook-id'), timestamp: header('webhook-timestamp'), signature: header('webhook-signature') },
      body,
      deps.requesters.filter(({ kind }) => kind === 'erp'),
      enqueuedTimeUtc ?? deps.now(),
    );
    if (signer.kind === 'unknown') return reject('bad-signature', `The message was rejected: ${signer.why}.`);
    const judged = judgeRequest(body, signer.requester);
    if (judged.kind === 'invalid') {
      return reject(judged.reason, judged.problems.map(({ field, message: text }) => `${field}: ${text}`).join('; '));
    }
    const { kind, purchaseId } = await acceptPurchase(signer.requester, signer.requestId, judged.request, deps);
    if (kind === 'conflict')
      return reject('conflict', `Id ${signer.requestId} is purchase ${purchaseId} with other content.`);
  };
}
