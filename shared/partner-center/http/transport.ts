import { createRepeats } from './repeats';
import { createSender } from './sender';
import { createThrottle } from '#shared/partner-center/throttle/throttle';
import type { TokenKind, Tokens } from '#shared/partner-center/auth/token';

/** Whom a request is made for: the ids that travel with it and come back in errors and logs. */
export interface Call {
  /** MS-RequestId, the idempotency key: the same on every repeat of one logical call. A GUID. */
  readonly requestId: string;
  /** MS-CorrelationId: one per purchase or harvest. A GUID. */
  readonly correlationId: string;
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** One request to Partner Center, as the resource files state it. */
export interface ApiRequest {
  /** What is done, in words ("check out cart"): for errors and logs. */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Below the API root, with its version segment: /v1/... or /webhooks/v1/... */
  readonly path: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; left out = no body. */
  readonly body?: unknown;
  readonly token: TokenKind;
  /** Whose budget the request counts against, besides the partner's. */
  readonly customerId?: string | undefined;
  /** True for a POST that changes nothing (inventory check): it may be repeated like a GET. */
  readonly readsOnly?: boolean;
  readonly timeoutSeconds?: number;
}

/** A successful (2xx) answer, read whole. */
export interface ApiAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** The parsed JSON, see read-json.ts for its numbers; undefined for an empty body. */
  readonly body: unknown;
}

/** A successful answer whose body is still on its way: read it to its end, or destroy it. */
export interface ApiDownload {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly stream: NodeJS.ReadableStream;
}

/**
 * The one way to Partner Center. Both functions throw a PartnerCenterError for anything but a 2xx answer.
 * Tests wrap it to make calls fail before or after they had their effect.
 */
export interface Transport {
  send(request: ApiRequest, call: Call): Promise<ApiAnswer>;
  download(request: ApiRequest, call: Call): Promise<ApiDownload>;
}

/** How much may be asked of Partner Center at a time, per partner and per partner + customer. */
export interface TransportLimits {
  readonly partnerPerMinute: number;
  readonly partnerConcurrency: number;
  readonly customerPerMinute: number;
  readonly customerConcurrency: number;
  /** The largest answer that is read into memory. */
  readonly answerBytes: number;
  /** For a whole call with its answer, unless the call asks for more (checkout: 180). */
  readonly timeoutSeconds: number;
  /** For a whole streamed download. */
  readonly downloadSeconds: number;
}

export interface TransportOptions {
  /** https://api.partnercenter.microsoft.com, a national cloud's, or a sandbox's. */
  readonly apiRoot: string;
  readonly tokens: Tokens;
  /** Sent as MS-PartnerCenter-Application. */
  readonly applicationName: string;
  /** Language of texts; en-US when left out. */
  readonly locale?: string | undefined;
  readonly limits?: Partial<TransportLimits> | undefined;
  /** The clock of the budgets, in milliseconds; Date.now when left out. */
  readonly now?: (() => number) | undefined;
}

/** 500 a minute is the one limit that is published ("Customer resources", "Order resources"). */
const LIMITS: TransportLimits = {
  partnerPerMinute: 500,
  partnerConcurrency: 32,
  customerPerMinute: 250,
  customerConcurrency: 8,
  answerBytes: 32 * 1024 * 1024,
  timeoutSeconds: 60,
  downloadSeconds: 600,
};

/** The transport over HTTP. It keeps connections and budgets: one per process. */
export function createTransport({ limits, ...options }: TransportOptions): Transport {
  const all = { ...LIMITS, ...limits };
  const throttle = createThrottle({
    partner: { perMinute: all.partnerPerMinute, concurrency: all.partnerConcurrency },
    customer: { perMinute: all.customerPerMinute, concurrency: all.customerConcurrency },
    ...(options.now === undefined ? {} : { now: options.now }),
  });
  const sender = createSender({ ...options, limits: all, throttle });
  const repeats = createRepeats();
  return {
    send: (request, call) => repeats.run(request, () => sender.send(request, call)),
    download: (request, call) => repeats.run(request, () => sender.download(request, call)),
  };
}
