import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until a check holds; fails with its name after the limit. */
export async function eventually(
  what: string,
  check: () => boolean | Promise<boolean>,
  limitMs = 10_000,
): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`This did not happen within ${limitMs} ms: ${what}`);
    await sleep(10);
  }
}
