import type { StackOptions } from '@cartage/stack/stack';
import type { Outcome } from './prove-messages';

/** A stack that takes many orders at once, with nothing else to do. */
export const messageStack: Pick<StackOptions, 'env' | 'sandboxArgs'> = {
  env: {
    PARTNER_CENTER_CALLS_PER_MINUTE: '10000000',
    PARTNER_CENTER_CALLS_PER_MINUTE_AND_CUSTOMER: '10000000',
    InvoiceSchedule: '0 0 0 1 1 *',
    AzureFunctionsJobHost__logging__logLevel__default: 'Error',
  },
  sandboxArgs: ['--order-delay-seconds', '0', '--list-lag-seconds', '0'],
};

/** Timers and connections take this much of a processor at most, when nothing else is to be done. */
const IDLE = 0.1;

/** Whether each message became one thing, and nothing goes on. */
export function isProven({
  sent,
  purchases,
  unprocessable,
  refused,
  missing,
  twice,
  strange,
  left,
  load,
}: Outcome): boolean {
  const wrong = [refused, missing, twice, strange].some((keys) => keys.length > 0);
  return !wrong && purchases + unprocessable === sent && left === 0 && load < IDLE;
}
