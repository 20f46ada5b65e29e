import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import { startDeadline } from '#shared/partner-center/http/deadline';
import { createHttpClient } from '#shared/partner-center/http/http-client';
import { readBody } from '#shared/partner-center/http/read-body';

const TIMEOUT_SECONDS = 30;
const ANSWER_BYTES = 1024 * 1024;

/**
 * The network client we give MSAL. Its own is `fetch`, which follows a redirect with the secrets in the body, and has no
 * limit of time for a POST nor of memory. This one sends to `authorityHost` only, follows no redirect, and has both.
 *
 * `route` is where the bytes really go (a sandbox, a proxy), under the authority's Host header: the authority answers with
 * addresses of the name it was called by, and MSAL compares them. MSAL refuses authorities without https, so the name
 * stays and only the way changes.
 */
export function createAuthorityNetwork(authorityHost: string, route = authorityHost): INetworkModule {
  const { host } = new URL(authorityHost);
  const http = createHttpClient(route);

  async function send<Body>(
    method: 'GET' | 'POST',
    address: string,
    { headers = {}, body }: NetworkRequestOptions = {},
  ): Promise<NetworkResponse<Body>> {
    const target = new URL(address);
    if (target.host !== host) throw new TypeError('sign-in was about to leave the authority host');
    const url = new URL(target.pathname + target.search, route).href;
    const { signal, stop } = startDeadline(TIMEOUT_SECONDS);
    try {
      const answer = await http({ method, url, headers: { ...headers, host }, body, signal });
      return { status: answer.status, headers: {}, body: JSON.parse(await readBody(answer, ANSWER_BYTES, signal)) };
    } finally {
      stop();
    }
  }

  return {
    sendGetRequestAsync: (url, options) => send('GET', url, options),
    sendPostRequestAsync: (url, options) => send('POST', url, options),
  };
}
