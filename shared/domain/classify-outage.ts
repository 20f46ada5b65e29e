import { z } from 'zod';
import { defined } from './defined';

/**
 * Which failures are no verdict: whatever we lean on is away for the moment, and says nothing about the message in hand. The one
 * place that tells an outage from a mistake, for storage, Service Bus, names, the vault and the identity that opens them.
 */

/** Why something can't be reached: a code for logs, such as ECONNREFUSED or RestError-503. Holds no secret. */
export interface Outage {
  readonly code: string;
  /** The HTTP status of the service that said "not now". */
  readonly statusCode?: number;
}

/** What tells errors of Node and of the Azure SDKs apart, whichever copy of a class they are of. */
const thrown = z.object({
  name: z.string().catch(''),
  code: z.string().optional().catch(undefined),
  statusCode: z.number().optional().catch(undefined),
  retryable: z.boolean().optional().catch(undefined),
  syscall: z.string().optional().catch(undefined),
  cause: z.unknown().optional(),
  errors: z.array(z.unknown()).catch([]),
});
type Thrown = z.infer<typeof thrown>;

interface Rule {
  readonly what: string;
  matches(error: Thrown): boolean;
}

/** Node's codes for a way that leads nowhere, or that ends in the middle; and the Azure SDKs' code for either. */
const NETWORK =
  /^(?:ECONN[A-Z]+|ETIMEDOUT|ENOTFOUND|EAI_[A-Z]+|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|ENETRESET|EPIPE|EADDRNOTAVAIL|UND_ERR_[A-Z_]+|REQUEST_SEND_ERROR)$/;

/** Service Bus's own: full, closed, or not open to us (page "Service Bus messaging exceptions"). Its passing ones are `retryable`. */
const BUS_CLOSED = new Set([
  'QuotaExceeded',
  'UnauthorizedAccess',
  'MessagingEntityDisabled',
  'ServiceBusy',
  'ServiceCommunicationProblem',
  'ServiceTimeout',
]);

/** @azure/identity's: no token for our own storage, bus or vault says nothing about a purchase. */
const IDENTITY = new Set(['AuthenticationError', 'AggregateAuthenticationError', 'CredentialUnavailableError']);

/**
 * A service's statuses that say "not now": too slow, too busy, its own failure; and a service that is closed to us (401, 403: a key or
 * a role that changes), which no redelivery opens either.
 */
function isAway(status: number): boolean {
  return status === 401 || status === 403 || status === 408 || status === 429 || (status >= 500 && status !== 501);
}

const rules: readonly Rule[] = [
  { what: 'a network error', matches: ({ code }) => code !== undefined && NETWORK.test(code) },
  { what: 'an answer of a service that says "not now"', matches: ({ statusCode }) => isAway(statusCode ?? 0) },
  {
    what: 'a request to a service without an answer',
    matches: ({ name, statusCode }) => name === 'RestError' && statusCode === undefined,
  },
  {
    what: 'Service Bus away, busy, full or closed',
    matches: ({ name, code, retryable, syscall }) =>
      (name === 'ServiceBusError' || name === 'MessagingError') &&
      // The SDK calls a refused connection a general error that is not retryable; what the system was asked for (`connect`) stays.
      (retryable === true || syscall !== undefined || (code !== undefined && BUS_CLOSED.has(code))),
  },
  { what: 'no token of our own identity', matches: ({ name }) => IDENTITY.has(name) },
];

/** An error, what caused it, and so on. */
const DEEPEST = 5;

/** The outage behind an error; undefined for a mistake, of ours or of the message's sender. */
export function classifyOutage(error: unknown, depth = 0): Outage | undefined {
  const { data } = thrown.safeParse(error);
  if (data === undefined) return undefined;
  if (rules.some((rule) => rule.matches(data)))
    return { code: codeOf(data), ...defined({ statusCode: data.statusCode }) };
  if (depth === DEEPEST) return undefined;
  for (const cause of [data.cause, ...data.errors]) {
    const outage = cause === undefined ? undefined : classifyOutage(cause, depth + 1);
    if (outage) return outage;
  }
  return undefined;
}

function codeOf({ name, code, statusCode, syscall }: Thrown): string {
  if (code === undefined || code === 'GeneralError') return [name, syscall ?? statusCode ?? 'away'].join('-');
  return [code, ...(statusCode === undefined ? [] : [statusCode])].join('-');
}
