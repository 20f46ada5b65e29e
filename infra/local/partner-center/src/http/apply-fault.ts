import { setTimeout as wait } from 'node:timers/promises';
import { empty, gateway, html, json, type Answer } from '#wire/answer';
import { setStock } from '#rules/stock';
import type { SandboxContext } from '#model/sandbox-context';
import type { CallFault, FaultOf } from '#model/fault';
import { dripping, huge, inOnePiece, truncated, unavailable, withWrongTypes } from './spoil-answer';

/** What the caller gets: an answer, an answer cut off halfway, a connection reset, or silence. */
export type Outcome =
  | { readonly kind: 'answer' | 'cut'; readonly answer: Answer }
  /** `late`: work that goes on after the caller is gone. */
  | { readonly kind: 'reset' | 'silence'; readonly late?: Promise<unknown> };

/** The usual outcome. */
export const answered = (answer: Answer): Outcome => ({ kind: 'answer', answer });
const reset: Outcome = { kind: 'reset' };
const silence: Outcome = { kind: 'silence' };

type Changing = 'expire-tokens' | 'rotate-availabilities' | 'lose-inventory' | 'move-clock';
type Shift = FaultOf<Changing>;
type Striking = Exclude<CallFault, Shift>;

/** Does the work of a call the way the fault says. */
export async function applyFault(fault: Striking, work: () => Answer): Promise<Outcome> {
  switch (fault.kind) {
    case 'reset-before':
      return reset;
    case 'lost-answer':
      work();
      return reset;
    case 'late-effect':
      return { kind: fault.hang ? 'silence' : 'reset', late: wait(fault.seconds * 1000).then(work) };
    case 'hang':
      if (fault.effect) work();
      return silence;
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
    case 'item-unavailable':
      return answered(unavailable());
    case 'redirect':
      return answered(empty(302, { Location: fault.location }));
    case 'huge':
      return answered(huge(fault.megabytes));
    case 'drip':
      return answered(dripping(work(), fault.seconds));
    case 'delay':
      break;
  }
  if (fault.effect === 'last') await wait(fault.seconds * 1000);
  const answer = work();
  if (fault.effect === 'first') await wait(fault.seconds * 1000);
  return answered(answer);
}

const changing: ReadonlySet<string> = new Set<Changing>([
  'expire-tokens',
  'rotate-availabilities',
  'lose-inventory',
  'move-clock',
]);

/** Faults that change the context before the call are done here; the others come back, to be applied to the call. */
export function changeState(fault: CallFault, context: SandboxContext): Striking | undefined {
  if (!isShift(fault)) return fault;
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

const isShift = (fault: CallFault): fault is Shift => changing.has(fault.kind);

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
