import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';

const TIMEOUT_MILLISECONDS = 30_000;

/**
 * A network client for MSAL that sends what is meant for `authorityHost` to `route` (a sandbox, a proxy). MSAL refuses
 * authorities without https, so the name stays and only the way changes. Any other host is refused: secrets travel here.
 */
export function routeAuthority(authorityHost: string, route: string): INetworkModule {
  const { host } = new URL(authorityHost);

  async function send<Body>(
    method: 'GET' | 'POST',
    url: string,
    options: NetworkRequestOptions = {},
  ): Promise<NetworkResponse<Body>> {
    const target = new URL(url);
    if (target.host !== host) throw new TypeError('sign-in was about to leave the authority host');
    const answer = await fetch(new URL(target.pathname + target.search, route), {
      method,
      headers: options.headers ?? {},
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
      ...(options.body === undefined ? {} : { body: options.body }),
    });
    const headers = Object.fromEntries(answer.headers);
    return { status: answer.status, headers, body: JSON.parse(await answer.text()) };
  }

  return {
    sendGetRequestAsync: (url, options) => send('GET', url, options),
    sendPostRequestAsync: (url, options) => send('POST', url, options),
  };
}
