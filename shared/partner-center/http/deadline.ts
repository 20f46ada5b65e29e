/** A limit of time for an exchange: the signal aborts when it is over, unless it was stopped before, or at once. */
export interface Deadline {
  readonly signal: AbortSignal;
  readonly stop: () => void;
  readonly abort: () => void;
}

/** Starts a limit of so many seconds. */
export function startDeadline(seconds: number): Deadline {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, seconds * 1000);
  return { signal: controller.signal, stop: () => clearTimeout(timer), abort };
}
