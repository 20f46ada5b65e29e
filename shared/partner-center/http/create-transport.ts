import { createThrottle } from '#shared/partner-center/throttle/throttle';
import type { OnOdd } from './odd-record';
import { createRepeats } from './repeats';
import { createSender, type SenderLimits, type SenderOptions } from './sender';
import type { Transport } from './transport';

/** How much may be asked of Partner Center at a time, per partner and per partner + customer. */
export interface TransportLimits extends SenderLimits {
  readonly partnerPerMinute: number;
  readonly partnerConcurrency: number;
  readonly customerPerMinute: number;
  readonly customerConcurrency: number;
}

export interface TransportOptions extends Omit<SenderOptions, 'limits' | 'throttle'> {
  readonly limits?: Partial<TransportLimits> | undefined;
  /** The pauses before each repeat of a read, milliseconds on average; [200, 800] when left out. */
  readonly repeatPauses?: readonly number[] | undefined;
  /** The clock of the budgets, in milliseconds; Date.now when left out. */
  readonly now?: (() => number) | undefined;
  /** Is told of records that lists leave out because they can't be read: for the log. */
  readonly onOdd?: OnOdd | undefined;
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

/** Milliseconds: a read is tried three times at most. */
const REPEAT_PAUSES = [200, 800];

/** The transport over HTTP. It keeps connections and budgets: one per process. */
export function createTransport({
  limits: changed,
  repeatPauses = REPEAT_PAUSES,
  now,
  onOdd,
  ...options
}: TransportOptions): Transport {
  const limits = { ...LIMITS, ...changed };
  const throttle = createThrottle({
    partner: { perMinute: limits.partnerPerMinute, concurrency: limits.partnerConcurrency },
    customer: { perMinute: limits.customerPerMinute, concurrency: limits.customerConcurrency },
    now,
  });
  const sender = createSender({ ...options, limits, throttle });
  const repeats = createRepeats(repeatPauses);
  return {
    send: (request, call) => repeats.run(request, () => sender.send(request, call)),
    download: (request, call) => repeats.run(request, () => sender.download(request, call)),
    onOdd,
  };
}
