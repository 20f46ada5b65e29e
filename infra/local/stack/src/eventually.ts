import { setTimeout as sleep } from 'node:timers/promises';

const DEFAULT_LIMIT_MS = 25_000;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 50;

/** What `ask` answers once it is there: neither `undefined` nor `false`. */
export type Found<T> = Exclude<T, undefined | false>;

/**
 * Asks again and again until the answer is neither `undefined` nor `false`, and resolves with it: so it waits for a value as
 * well as for a condition. Rejects, naming what was awaited, after the limit; an error of `ask` ends the waiting at once.
 *
 * @param what what is awaited, as it reads after "This did not happen within ...:"
 */
export async function eventually<T>(
  what: string,
  ask: () => T | Promise<T>,
  limitMs = DEFAULT_LIMIT_MS,
): Promise<Found<T>> {
  const end = performance.now() + limitMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const answer = await ask();
    if (isFound(answer)) return answer;
    if (performance.now() > end) throw new Error(`This did not happen within ${limitMs} ms: ${what}`);
    await sleep(pauseMs);
  }
}

function isFound<T>(answer: T): answer is Found<T> {
  return answer !== undefined && answer !== false;
}
