import { authorize } from '#identity/authorize';
import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import { tooManyRequests, type Answer } from '#wire/answer';
import { Call, type Caller } from '#wire/call';
import { Query } from '#wire/query';
import { refusal, type Refusal } from '#wire/refusal';
import { InFlight } from './in-flight';
import type { Incoming } from './incoming';
import { RequestMemory } from './request-memory';
import type { Match } from './router';

/** What becomes of a request at the gate. */
export type Admission =
  | {
      readonly kind: 'admitted';
      readonly call: Call;
      /** Remembers the answer, if this request's answer is to be remembered. */
      readonly remember: (answer: Answer) => void;
      /** To be called when the work is over. */
      readonly leave: () => void;
    }
  /** The request was answered before and gets the same answer. */
  | { readonly kind: 'remembered'; readonly answer: Answer }
  | { readonly kind: 'throttled'; readonly answer: Answer };

const NOBODY: Caller = { kind: 'app', id: 'nobody', applicationId: 'nobody' };
const WRITES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const noop = (): void => undefined;

/** Decides which requests get to their route: throttling, authorization, repeated requests, resources that are busy. */
export class Gate {
  readonly #context: SandboxContext;
  readonly #memory: RequestMemory;
  readonly #inFlight = new InFlight();

  constructor(context: SandboxContext) {
    this.#context = context;
    this.#memory = new RequestMemory(context);
  }

  /** Throws a refusal when the caller is not authorized, or when another request holds the resource. */
  admit(match: Match, incoming: Incoming): Admission {
    const { route } = match;
    if (route.access === 'login' || route.access === 'control') {
      return { kind: 'admitted', call: callOf(match, incoming, NOBODY), remember: noop, leave: noop };
    }
    const throttled = this.#throttle(route, incoming, match.parameters.get('customerId'));
    if (throttled) return { kind: 'throttled', answer: throttled };
    const call = callOf(match, incoming, authorize(incoming.headers.authorization, route.access, this.#context));
    if (!WRITES.has(incoming.method) || route.safe) return { kind: 'admitted', call, remember: noop, leave: noop };
    return this.#admitWrite(route, call, incoming);
  }

  #admitWrite(route: Route, call: Call, incoming: Incoming): Admission {
    const isRemembered = this.#context.settings.requestMemory && incoming.requestIdGiven;
    const key = `${incoming.method} ${incoming.path.toLowerCase()} ${incoming.requestId}`;
    const answer = isRemembered ? this.#memory.recall(key, incoming.text) : undefined;
    if (answer) return { kind: 'remembered', answer };
    const resource = route.exclusive === undefined ? [] : [call.param(route.exclusive).toLowerCase()];
    const leave = this.#inFlight.enter([key, ...resource], incoming.requestId, (isOwnRepeat) =>
      busy(route, isOwnRepeat),
    );
    const remember = isRemembered ? (given: Answer): void => this.#memory.keep(key, incoming.text, given) : noop;
    return { kind: 'admitted', call, remember, leave };
  }

  /** Page "api-throttling-guidance": some limits count per tenant, others per tenant and customer. */
  #throttle(route: Route, incoming: Incoming, customerId: string | undefined): Answer | undefined {
    if (route.throttle === undefined) return undefined;
    const { throttle, settings } = this.#context;
    const seconds =
      route.throttle === 'tenant'
        ? throttle.take('tenant', settings.throttlePerMinute, Date.now())
        : throttle.take(`carts ${customerId ?? incoming.path}`, settings.cartsPerMinute, Date.now());
    return seconds === 0 ? undefined : tooManyRequests(seconds);
  }
}

/** Page "error-codes": three ways of saying that the same thing is being worked on. */
function busy(route: Route, isOwnRepeat: boolean): Refusal {
  if (route.name === 'checkout' && isOwnRepeat) return refusal('orderInProgress');
  return refusal(route.exclusive === 'orderId' ? 'orderAdjusting' : 'cartBusy');
}

const callOf = ({ parameters }: Match, incoming: Incoming, caller: Caller): Call =>
  new Call({ ...incoming, query: new Query(incoming.queryText), caller, parameters });
