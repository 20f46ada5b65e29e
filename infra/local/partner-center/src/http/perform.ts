import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { answered, applyFault, changeState, type Outcome } from './apply-fault';
import { authorize } from '#identity/authorize';
import { partner } from '#seed/partner';
import type { SandboxContext } from '#model/sandbox-context';
import { gateway, json, type Answer } from '#wire/answer';
import { Call, type Caller } from '#wire/call';
import { InFlight } from './in-flight';
import { Query } from '#wire/query';
import { Refusal, refusal } from '#wire/refusal';
import { RequestMemory } from './request-memory';
import type { Route } from '#model/route';
import type { Match } from './router';

/** A request as it came in. */
export interface Incoming {
  readonly method: string;
  readonly path: string;
  readonly queryText: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly requestId: string;
  readonly correlationId: string;
  /** Did the caller send an MS-RequestId? One made up here is not worth remembering. */
  readonly requestIdGiven: boolean;
}

/** A call that was let in: its work, and what to do when the work is over. */
interface Admitted {
  readonly work: () => Answer;
  readonly leave: () => void;
}

const nobody: Caller = { kind: 'app', id: 'nobody', applicationId: 'nobody' };
const noop = (): void => undefined;
const writes: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Takes a request through faults, throttling, authorization, memory and its route. */
export class Performer {
  private readonly inFlight = new InFlight();
  private readonly memory: RequestMemory;

  constructor(private readonly context: SandboxContext) {
    this.memory = new RequestMemory(context);
  }

  /** What the caller gets. Refusals become answers, and anything unexpected 500/800003. */
  async perform(match: Match, incoming: Incoming): Promise<Outcome> {
    const { route } = match;
    if (route.access === 'control') return answered(this.work(route, callOf(match, incoming, nobody), undefined));
    try {
      return await this.performUnderFaults(match, incoming);
    } catch (error) {
      return answered(this.failed(error));
    }
  }

  private async performUnderFaults(match: Match, incoming: Incoming): Promise<Outcome> {
    const { context } = this;
    const { route } = match;
    if (route.access === 'login') context.counts.token();
    else context.counts.api(route);
    const struck = context.faults.strike(route.name);
    const fault = struck && changeState(struck, context);
    const admitted = this.admit(match, incoming);
    if ('status' in admitted) return answered(admitted);
    const { work, leave } = admitted;
    if (context.settings.latencyMs > 0) await wait(context.settings.latencyMs);
    const outcome = fault ? await applyFault(fault, work) : answered(work());
    if ('late' in outcome && outcome.late !== undefined) void outcome.late.finally(leave);
    else leave();
    return outcome;
  }

  /** Lets a call in, or answers why not. */
  private admit(match: Match, incoming: Incoming): Admitted | Answer {
    const { route } = match;
    if (route.access !== 'login') return this.admitCall(match, incoming, route.access);
    return { work: () => this.work(route, callOf(match, incoming, nobody), undefined), leave: noop };
  }

  private admitCall(match: Match, incoming: Incoming, access: Route['access']): Admitted | Answer {
    const { route } = match;
    const limited = this.throttled(route, incoming, match.parameters.get('customerId'));
    if (limited) return limited;
    const call = callOf(match, incoming, authorize(incoming.headers.authorization, access, this.context));
    const remembers = this.context.settings.requestMemory && incoming.requestIdGiven;
    const isWrite = writes.has(incoming.method) && !route.safe;
    const key = `${incoming.method} ${incoming.path.toLowerCase()} ${incoming.requestId}`;
    const kept = isWrite && remembers ? this.memory.recall(key, incoming.text) : undefined;
    if (kept) return { work: () => kept, leave: noop };
    const resource = route.exclusive === undefined ? [] : [call.param(route.exclusive).toLowerCase()];
    const held = isWrite ? [key, ...resource] : [];
    const leave = this.inFlight.enter(held, incoming.requestId, (isOwnRepeat) => busy(route, isOwnRepeat));
    return { work: () => this.work(route, call, isWrite && remembers ? key : undefined), leave };
  }

  /** Runs the route; its changes, and the memory of its answer, are written in one transaction before the answer leaves. */
  private work(route: Route, call: Call, memoryKey: string | undefined): Answer {
    let answer: Answer;
    try {
      answer = route.answer(call, this.context);
    } catch (error) {
      answer = this.failed(error);
    }
    if (memoryKey !== undefined) this.memory.keep(memoryKey, call.text, answer);
    try {
      this.context.store.commit();
    } catch (error) {
      return this.failed(error);
    }
    return answer;
  }

  private failed(error: unknown): Answer {
    this.context.store.rollback();
    if (!(error instanceof Refusal)) {
      console.error(error);
      return json(refusal('unexpected').body(), 500);
    }
    const answer = json(error.body(), error.status);
    if (error.status !== 401) return answer;
    // Page "error-codes": a 401 names the realm.
    const realm = { 'WWW-Authenticate': `OAuth realm=urn:cpsvc:cpid:{${partner.tenantId}}` };
    return { ...answer, headers: { ...answer.headers, ...realm } };
  }

  /** Page "api-throttling-guidance": some limits count per tenant, others per tenant and customer. */
  private throttled(route: Route, incoming: Incoming, customerId: string | undefined): Answer | undefined {
    if (route.throttle === undefined) return undefined;
    const { throttle, settings } = this.context;
    const seconds =
      route.throttle === 'tenant'
        ? throttle.take('tenant', settings.throttlePerMinute, Date.now())
        : throttle.take(`carts ${customerId ?? incoming.path}`, settings.cartsPerMinute, Date.now());
    if (seconds === 0) return undefined;
    return gateway(429, `Rate limit is exceeded. Try again in ${seconds} seconds.`, {
      'Retry-After': `${seconds}`,
    });
  }
}

/** Page "error-codes": three ways of saying that the same thing is being worked on. */
function busy(route: Route, isOwnRepeat: boolean): Refusal {
  if (route.name === 'checkout' && isOwnRepeat) return refusal('orderInProgress');
  return refusal(route.exclusive === 'orderId' ? 'orderAdjusting' : 'cartBusy');
}

const callOf = (match: Match, incoming: Incoming, caller: Caller): Call =>
  new Call(
    incoming.method,
    incoming.path,
    new Query(incoming.queryText),
    incoming.requestId,
    incoming.correlationId,
    caller,
    match.parameters,
    incoming.headers,
    incoming.text,
  );
