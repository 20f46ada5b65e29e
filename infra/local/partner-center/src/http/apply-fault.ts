import type { Clock } from '#model/clock';
import type { CallFault, FaultOf } from '#model/fault';
import type { SandboxContext } from '#model/sandbox-context';
import { setStock } from '#rules/stock';
import { empty, gateway, html, json, type Answer } from '#wire/answer';
import { answered, type Outcome } from './outcome';
import { changed, dripping, huge, inOnePiece, truncated, unavailable, withWrongTypes } from './spoil-answer';

const STATE_KINDS = ['expire-tokens', 'rotate-availabilities', 'lose-inventory', 'move-clock'] as const;
/** Faults that change the state of the sandbox before the call, which then goes on as usual. */
type StateFault = FaultOf<(typeof STATE_KINDS)[number]>;
/** Faults that change what becomes of the call itself. */
type AnswerFault = Exclude<CallFault, StateFault>;

const RESET: Outcome = { kind: 'reset' };
const SILENCE: Outcome = { kind: 'silence' };

/** Does the work of a call the way the fault says. Waits by the sandbox's clock. */
export async function applyFault(fault: AnswerFault, work: () => Answer, clock: Clock): Promise<Outcome> {
  switch (fault.kind) {
    case 'reset-before':
      return RESET;
    case 'lost-answer':
      work();
      return RESET;
    case 'late-effect':
      return { kind: fault.hang ? 'silence' : 'reset', late: clock.pause(fault.seconds).then(work) };
    case 'hang':
      if (fault.effect) work();
      return SILENCE;
    case 'error':
      if (fault.effect) work();
      return answered(json(errorBody(fault.code), fault.status));
    case 'throttle':
      return answered(throttled(fault));
    case 'html':
      if (fault.effect) work();
      return answered(html(`<html><body><h1>${fault.status} - Bad Gateway</h1></body></html>`, fault.status));
    case 'truncated':
      return fault.cut ? { kind: 'cut', answer: inOnePiece(work()) } : answered(truncated(work()));
    case 'wrong-types':
      return answered(withWrongTypes(work(), fault.field));
    case 'change-answer':
      return answered(changed(work(), fault.at.split('.'), fault.value));
    case 'item-unavailable':
      return answered(unavailable());
    case 'redirect':
      return answered(empty(302, { Location: fault.location }));
    case 'huge':
      return answered(huge(fault.megabytes));
    case 'drip':
      return answered(dripping(work(), fault.seconds));
    case 'delay':
      return answered(await delayed(fault, work, clock));
  }
}

async function delayed(fault: FaultOf<'delay'>, work: () => Answer, clock: Clock): Promise<Answer> {
  if (fault.effect === 'last') await clock.pause(fault.seconds);
  const answer = work();
  if (fault.effect === 'first') await clock.pause(fault.seconds);
  return answer;
}

/** Applies a fault that changes the state; any other comes back, to be applied to the call. */
export function applyStateFault(fault: CallFault, context: SandboxContext): AnswerFault | undefined {
  if (!isStateFault(fault)) return fault;
  switch (fault.kind) {
    case 'expire-tokens':
      context.tokens.expireAll();
      break;
    case 'rotate-availabilities':
      context.catalogue.rotate();
      break;
    case 'lose-inventory':
      setStock(fault.productId, fault.skuId, fault.lost, context);
      break;
    case 'move-clock':
      context.clock.move(fault.seconds);
      break;
  }
  context.store.commit();
  return undefined;
}

const isStateFault = (fault: CallFault): fault is StateFault => STATE_KINDS.some((kind) => kind === fault.kind);

const errorBody = (code: number): object => ({
  code,
  description: 'A fault that was asked for.',
  data: [],
  source: 'PartnerFD',
});

function throttled(fault: FaultOf<'throttle'>): Answer {
  const headers = {
    seconds: { 'Retry-After': `${Math.ceil(fault.seconds)}` },
    date: { 'Retry-After': new Date(Date.now() + fault.seconds * 1000).toUTCString() },
    none: {},
  };
  const message = `Rate limit is exceeded. Try again in ${fault.seconds} seconds.`;
  return gateway(429, message, headers[fault.retryAfter]);
}
