import { ThrottleScope, type Budget } from './throttle-scope';

export interface ThrottleOptions {
  /** For everything the partner asks. */
  readonly partner: Budget;
  /** For what is asked about one customer, besides the partner's. */
  readonly customer: Budget;
  /** Milliseconds; Date.now when left out. */
  readonly now?: (() => number) | undefined;
}

type Admission =
  { readonly admitted: true; readonly leave: () => void } | { readonly admitted: false; readonly waitSeconds: number };

/**
 * The gate before Partner Center. Some limits count per partner, some per partner and customer, and rejected requests
 * count too ("API throttling guidance"), so what is over the budget is not sent at all: the caller learns how long to wait.
 */
export interface Throttle {
  /**
   * Admits a request, or says how long to wait. Where only too many are open, it waits for one of them to end, half a
   * second at most. Call leave() when the request is over.
   */
  enter(customerId: string | undefined): Promise<Admission>;
  /** Partner Center answered 429: closes this scope for all callers. Returns the seconds, longer each time in a row. */
  close(customerId: string | undefined, seconds: number): number;
  /** Partner Center answered anything else: a row of 429s is over. */
  succeeded(customerId: string | undefined): void;
}

const QUEUE_MILLISECONDS = 500;
const SCOPES_KEPT = 1000;

/** A throttle with one budget for the partner and one for each customer. */
export function createThrottle({ partner, customer, now = Date.now }: ThrottleOptions): Throttle {
  const partnerScope = new ThrottleScope(partner, now);
  const customerScopes = new Map<string, ThrottleScope>();

  function scopesOf(customerId: string | undefined): ThrottleScope[] {
    return customerId === undefined ? [partnerScope] : [partnerScope, customerScope(customerId.toLowerCase())];
  }

  function customerScope(id: string): ThrottleScope {
    const known = customerScopes.get(id);
    if (known !== undefined) return known;
    if (customerScopes.size >= SCOPES_KEPT) forgetIdle(customerScopes);
    const fresh = new ThrottleScope(customer, now);
    customerScopes.set(id, fresh);
    return fresh;
  }

  return {
    async enter(customerId) {
      const scopes = scopesOf(customerId);
      const deadline = now() + QUEUE_MILLISECONDS;
      for (;;) {
        const wait = Math.max(...scopes.map((scope) => scope.waitMilliseconds()));
        if (wait > 0) return { admitted: false, waitSeconds: Math.ceil(wait / 1000) };
        const full = scopes.find((scope) => scope.isFull());
        if (full === undefined) break;
        if (!(await full.roomWithin(deadline - now()))) return { admitted: false, waitSeconds: 1 };
      }
      for (const scope of scopes) scope.start();
      return { admitted: true, leave: () => scopes.forEach((scope) => scope.end()) };
    },

    close(customerId, seconds) {
      // A limit of the whole partner shows up as 429s for one customer after the other.
      const own = customerId?.toLowerCase();
      const othersClosed = [...customerScopes].some(([id, scope]) => id !== own && scope.isClosed());
      const scopes = customerId === undefined || othersClosed ? scopesOf(customerId) : scopesOf(customerId).slice(1);
      return Math.max(...scopes.map((scope) => scope.close(seconds)));
    },

    succeeded(customerId) {
      for (const scope of scopesOf(customerId)) scope.succeeded();
    },
  };
}

function forgetIdle(scopes: Map<string, ThrottleScope>): void {
  for (const [id, scope] of scopes) if (scope.isIdle()) scopes.delete(id);
}
