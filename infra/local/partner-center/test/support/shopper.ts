import { eventually } from '@cartage/stack/eventually';
import { z } from 'zod';

/** The customers of the seed. */
export const CONTOSO = 'b3f4a2de-0c35-4ae5-9d1e-2f0e1c7d9a01';
export const FABRIKAM = '5f1c6a77-93b8-4f0a-8a8e-7c2f8f3b2c02';
export const TAILSPIN = '0d9e8c7b-6a5f-4e3d-8c2b-1a0f9e8d7c03';

const APPLICATION = {
  client_id: '22222222-2222-4222-8222-222222222222',
  client_secret: 'sandbox-client-secret',
};
const TOKEN_PATH = '/11111111-1111-4111-8111-111111111111/oauth2/v2.0/token';
const AUDIENCE = 'https://api.partnercenter.microsoft.com';

const availabilitiesSchema = z.object({ items: z.array(z.looseObject({ catalogItemId: z.string(), id: z.string() })) });
const cartSchema = z.looseObject({
  id: z.string(),
  status: z.string(),
  lineItems: z.array(
    z.looseObject({
      id: z.number(),
      orderGroup: z.string(),
      error: z.object({ errorCode: z.number() }).loose().optional(),
    }),
  ),
});
const faultsSchema = z.object({ faults: z.array(z.object({ fired: z.number() })) });
const ledgerSchema = z.object({
  count: z.number(),
  orders: z.array(
    z.looseObject({ orderId: z.string(), cartId: z.string(), requestId: z.string(), correlationId: z.string() }),
  ),
});

/** An answer with its body, parsed if it is JSON. */
export interface Answered {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** How a call is made. */
interface Asking {
  readonly kind?: 'app' | 'user';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client with nothing but `fetch`, so that the tests of the sandbox share nothing with the client of the product. */
export class Shopper {
  readonly base: string;
  readonly customerId: string;
  readonly #tokens = new Map<string, Promise<string>>();

  constructor(base: string, customerId = CONTOSO) {
    this.base = base;
    this.customerId = customerId;
  }

  /** A call of the API with a token of this kind, app-only by default. */
  async call(method: string, path: string, { kind = 'app', body, headers = {} }: Asking = {}): Promise<Answered> {
    return this.#send(method, path, body, { Authorization: `Bearer ${await this.token(kind)}`, ...headers });
  }

  /** The same below this customer. */
  ofCustomer(method: string, path: string, asking: Asking = {}): Promise<Answered> {
    return this.call(method, `/v1/customers/${this.customerId}${path}`, asking);
  }

  token(kind: 'app' | 'user'): Promise<string> {
    const token = this.#tokens.get(kind) ?? requestToken(this.base, kind);
    this.#tokens.set(kind, token);
    return token;
  }

  async catalogItemId(productId: string, skuId: string): Promise<string> {
    const path = `/products/${productId}/skus/${skuId}/availabilities`;
    const { items } = availabilitiesSchema.parse((await this.ofCustomer('GET', path)).body);
    const [first] = items;
    if (!first) throw new Error(`${productId} is not sold`);
    return first.catalogItemId;
  }

  /** A cart line for one unit, bought once, changed by `more`. */
  async line(productId: string, skuId: string, more: object = {}): Promise<object> {
    const catalogItemId = await this.catalogItemId(productId, skuId);
    return { catalogItemId, quantity: 1, billingCycle: 'one_time', ...more };
  }

  async createCart(lineItems: readonly object[]): Promise<z.infer<typeof cartSchema>> {
    const answer = await this.ofCustomer('POST', '/carts', { body: { lineItems } });
    return cartSchema.parse(answer.body);
  }

  /** Checks out; returns status and body. */
  async checkout(cartId: string, headers: Record<string, string> = {}): Promise<{ status: number; body: unknown }> {
    const { status, body } = await this.ofCustomer('POST', `/carts/${cartId}/checkout`, { headers });
    return { status, body };
  }

  async ledger(): Promise<z.infer<typeof ledgerSchema>> {
    return ledgerSchema.parse((await this.control('GET', '/ledger')).body);
  }

  /** One of the sandbox's own endpoints. */
  control(method: string, path: string, body?: unknown): Promise<Answered> {
    return this.#send(method, `/sandbox${path}`, body, {});
  }

  /** Moves the sandbox's clock ahead. */
  async advance(seconds: number): Promise<void> {
    await this.control('POST', '/clock', { advanceSeconds: seconds });
  }

  /** Waits until one of the faults in force has struck. */
  async struck(): Promise<void> {
    await eventually('a fault strikes', async () => {
      const { faults } = faultsSchema.parse((await this.control('GET', '/faults')).body);
      return faults.some(({ fired }) => fired > 0);
    });
  }

  async #send(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Answered> {
    const response = await fetch(this.base + path, {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: readBody(text), headers: Object.fromEntries(response.headers) };
  }
}

function readBody(text: string): unknown {
  if (text === '') return undefined;
  return /^[[{"]/.test(text) ? JSON.parse(text) : text;
}

/** Requests an access token by version 2 of the endpoint. */
async function requestToken(base: string, kind: 'app' | 'user'): Promise<string> {
  const form =
    kind === 'app'
      ? { grant_type: 'client_credentials', scope: `${AUDIENCE}/.default` }
      : {
          grant_type: 'refresh_token',
          refresh_token: 'sandbox-refresh-token',
          scope: `${AUDIENCE}/user_impersonation openid profile offline_access`,
        };
  const body = new URLSearchParams({ ...APPLICATION, ...form });
  const response = await fetch(base + TOKEN_PATH, { method: 'POST', body });
  return z.object({ access_token: z.string() }).parse(await response.json()).access_token;
}
