/** A header that asks for years is a mistake of somebody's, and must not close a scope for as long. */
const LONGEST_SECONDS = 3600;

/**
 * Seconds to wait, an hour at most: from a Retry-After header (seconds or an HTTP date), or from the text of the gateway, such as "Try
 * again in 57 seconds"; undefined when neither says.
 */
export function parseRetryAfter(header: string | undefined, text: string | undefined, now: number): number | undefined {
  if (header !== undefined && /^\s*\d+\s*$/.test(header)) return shortened(Number(header));
  const time = Date.parse(header ?? '');
  if (!Number.isNaN(time)) return shortened(Math.max(1, Math.ceil((time - now) / 1000)));
  const seconds = /try again in (\d+) seconds/i.exec(text ?? '')?.[1];
  return seconds === undefined ? undefined : shortened(Number(seconds));
}

function shortened(seconds: number): number {
  return Math.min(seconds, LONGEST_SECONDS);
}
