import type { InvocationContext } from '@azure/functions';
import { z } from 'zod';
import { messageProperties, sendFailedLetter, type FailedLetter } from '#shared/pipeline/unprocessable-message';
import { messageBytes } from '#shared/pipeline/message-bytes';
import { acceptPurchase } from './accept-purchase';
import { findSigner } from './match-signer';
import { readRequest } from './judge-request';
import type { DoorDeps } from './receive-webhook';

/** What the broker says of a message; the body arrives as bytes. Application properties carry the signature. */
const delivery = z.object({
  messageId: z.coerce.string().optional(),
  enqueuedTimeUtc: z.coerce.date().optional(),
  applicationProperties: messageProperties,
});

/**
 * The door for ERP systems: a message on `purchase-requests`, signed like a webhook in its application properties. What
 * can't be accepted goes to `purchase-failed` with the reason; its time counts from when it was put on the queue.
 */
export function receiveErpOrder(deps: DoorDeps): (body: unknown, context: InvocationContext) => Promise<void> {
  return async (message, context) => {
    const {
      messageId,
      enqueuedTimeUtc,
      applicationProperties: properties,
    } = delivery.parse(context.triggerMetadata ?? {});
    const body = messageBytes(message);
    const refuse = (reason: FailedLetter['reason'], description: string) => {
      deps.log('warn', 'purchase request refused', { reason, description });
      const original = body.toString('utf8');
      return sendFailedLetter(deps.bus, {
        queue: 'purchase-requests',
        reason,
        description,
        original,
        properties,
        ...(messageId ? { messageId } : {}),
      });
    };
    const header = (name: string) => properties[name]?.toString();
    const signer = findSigner(
      { id: header('webhook-id'), timestamp: header('webhook-timestamp'), signature: header('webhook-signature') },
      body,
      deps.sources.filter(({ kind }) => kind === 'erp'),
      enqueuedTimeUtc ?? deps.now(),
    );
    if (signer.source === undefined) return refuse('bad-signature', `The message was refused: ${signer.why}.`);
    const read = readRequest(body, signer.source);
    if (!('request' in read)) {
      return refuse(read.reason, read.problems.map(({ field, message: text }) => `${field}: ${text}`).join('; '));
    }
    const { kind, purchaseId } = await acceptPurchase(signer.source, signer.requestId, read.request, deps);
    if (kind === 'conflict')
      return refuse('conflict', `Id ${signer.requestId} is purchase ${purchaseId} with other content.`);
  };
}
