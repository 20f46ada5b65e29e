import { createDefaultHttpClient, createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline';
import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';

const TIMEOUT_MILLISECONDS = 30_000;

/**
 * A network client for MSAL that sends what is meant for `authorityHost` to `route` (a sandbox, a proxy), under its own
 * Host header: the authority answers with addresses of the name it was called by, and MSAL compares them. MSAL refuses
 * authorities without https, so the name stays and only the way changes. Any other host is refused: secrets travel here.
 * Redirects are not followed.
 */
export function routeAuthority(authorityHost: string, route: string): INetworkModule {
  const { host } = new URL(authorityHost);
  const http = createDefaultHttpClient();

  async function send<Body>(
    method: 'GET' | 'POST',
    url: string,
    { headers = {}, body }: NetworkRequestOptions = {},
  ): Promise<NetworkResponse<Body>> {
    const target = new URL(url);
    if (target.host !== host) throw new TypeError('sign-in was about to leave the authority host');
    const answer = await http.sendRequest(
      createPipelineRequest({
        url: new URL(target.pathname + target.search, route).href,
        method,
        headers: createHttpHeaders({ ...headers, host }),
        allowInsecureConnection: true,
        abortSignal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
        ...(body === undefined ? {} : { body }),
      }),
    );
    return { status: answer.status, headers: answer.headers.toJSON(), body: JSON.parse(answer.bodyAsText ?? '') };
  }

  return {
    sendGetRequestAsync: (url, options) => send('GET', url, options),
    sendPostRequestAsync: (url, options) => send('POST', url, options),
  };
}
