import { setTimeout as wait } from 'node:timers/promises';
import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import { PARTNER } from '#seed/partner';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { Refusal, refusal } from '#wire/refusal';
import { applyFault, applyStateFault } from './apply-fault';
import { type Admission, Gate } from './gate';
import type { Incoming } from './incoming';
import { judgeOrigin } from './judge-origin';
import { answered, type Outcome } from './outcome';
import type { Match } from './router';

/** Takes requests through faults and the gate to their routes. */
export class Performer {
  readonly #context: SandboxContext;
  readonly #gate: Gate;

  constructor(context: SandboxContext) {
    this.#context = context;
    this.#gate = new Gate(context);
  }

  /** What the caller gets. Refusals become answers, and anything unexpected 500/800003. */
  async perform(match: Match, incoming: Incoming): Promise<Outcome> {
    try {
      if (match.route.access === 'control') {
        return answered(judgeOrigin(incoming) ?? this.#work(match.route, this.#gate.admit(match, incoming)));
      }
      return await this.#performUnderFaults(match, incoming);
    } catch (error) {
      return answered(this.#failed(error));
    }
  }

  async #performUnderFaults(match: Match, incoming: Incoming): Promise<Outcome> {
    const { route } = match;
    const { counts, faults, settings, clock } = this.#context;
    if (route.access === 'login') counts.token();
    else counts.api(route);
    const struck = faults.strike(route.name);
    const fault = struck && applyStateFault(struck, this.#context);
    const admission = this.#gate.admit(match, incoming);
    if (admission.kind === 'throttled') return answered(admission.answer);
    const work = (): Answer => this.#work(route, admission);
    const leave = admission.kind === 'admitted' ? admission.leave : (): void => undefined;
    let late: Promise<unknown> | undefined;
    try {
      if (settings.latencyMs > 0) await wait(settings.latencyMs);
      const outcome = fault ? await applyFault(fault, work, clock) : answered(work());
      if (outcome.kind === 'reset' || outcome.kind === 'silence') late = outcome.late;
      return outcome;
    } finally {
      if (late) void late.finally(leave);
      else leave();
    }
  }

  /** Runs the route; its changes, and the memory of its answer, are written in one transaction before the answer leaves. */
  #work(route: Route, admission: Admission): Answer {
    if (admission.kind !== 'admitted') return admission.answer;
    const { call, remember } = admission;
    try {
      const answer = this.#answer(route, call);
      remember(answer);
      this.#context.store.commit();
      return answer;
    } catch (error) {
      return this.#failed(error);
    }
  }

  #answer(route: Route, call: Call): Answer {
    try {
      return route.answer(call, this.#context);
    } catch (error) {
      return this.#failed(error);
    }
  }

  #failed(error: unknown): Answer {
    this.#context.store.rollback();
    if (!(error instanceof Refusal)) {
      console.error(error);
      return json(refusal('unexpected').body(), 500);
    }
    const answer = json(error.body(), error.status);
    if (error.status !== 401) return answer;
    // Page "error-codes": a 401 names the realm.
    const realm = { 'WWW-Authenticate': `OAuth realm=urn:cpsvc:cpid:{${PARTNER.tenantId}}` };
    return { ...answer, headers: { ...answer.headers, ...realm } };
  }
}
