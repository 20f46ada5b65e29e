import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { Requester } from '#shared/domain/requester';
import { acceptPurchase, type AcceptDeps } from './accept-purchase';
import { matchSigner } from './match-signer';
import { problem } from './problem';
import { judgeRequest } from './judge-request';

export interface IntakeDeps extends AcceptDeps {
  requesters: Requester[];
}

/** The largest body that is read; a request of 50 lines has about 20 kB. */
const LARGEST_BODY = 256_000;

/**
 * `POST /api/purchases`, the entry point for CRMs. The signature comes first, over the raw bytes; then form; then acceptance.
 * 202 means that the request is on disk and will end in one of the purchase's terminal states.
 */
export function receiveWebhook(deps: IntakeDeps): (request: HttpRequest) => Promise<HttpResponseInit> {
  return async (request) => {
    const { headers } = request;
    const encoding = headers.get('content-encoding') ?? 'identity';
    if (encoding.toLowerCase() !== 'identity')
      return problem('unsupported-encoding', 'Send the body as it was signed, without Content-Encoding.');
    const body = new Uint8Array(await request.arrayBuffer());
    // The host hands over no body that comes in chunks: it looks like an empty one.
    if (body.length === 0 && (headers.has('transfer-encoding') || !headers.has('content-length')))
      return problem('length-required', 'Send the body whole, with Content-Length and without Transfer-Encoding.');
    if (body.length > LARGEST_BODY) return problem('too-large', 'Send fewer lines in one request.');
    const signer = matchSigner(
      {
        id: headers.get('webhook-id') ?? undefined,
        timestamp: headers.get('webhook-timestamp') ?? undefined,
        signature: headers.get('webhook-signature') ?? undefined,
      },
      body,
      deps.requesters.filter(({ kind }) => kind === 'crm'),
      deps.now(),
    );
    if (signer.kind === 'unknown') {
      deps.log('warn', 'webhook rejected', { why: signer.why });
      return problem(
        'unauthorized',
        'Sign the raw body as the Standard Webhooks specification says, with a key of your requester.',
      );
    }
    if (signer.kind === 'malformed-id') {
      return problem('invalid-request', 'Nothing was bought. Send it again under an id that fits.', [
        { field: 'webhook-id', message: signer.rule },
      ]);
    }
    const judged = judgeRequest(body, signer.requester);
    if (judged.kind === 'invalid') {
      return problem(
        judged.reason,
        'Nothing was bought. Correct what the errors name and send it again.',
        judged.problems,
      );
    }
    const { kind, purchaseId } = await acceptPurchase(signer.requester, signer.requestId, judged.request, deps);
    if (kind === 'conflict') {
      return problem(
        'conflict',
        `webhook-id ${signer.requestId} is purchase ${purchaseId} with other content. Use a new id for a new purchase.`,
      );
    }
    const location = `/api/purchases/${purchaseId}`;
    return { status: 202, headers: { location, 'cache-control': 'no-store' }, jsonBody: { purchaseId, location } };
  };
}
