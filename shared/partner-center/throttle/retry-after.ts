/**
 * Seconds to wait: from a Retry-After header (seconds or an HTTP date), or from the text of the gateway, such as "Try
 * again in 57 seconds"; undefined when neither says.
 */
export function parseRetryAfter(header: string | undefined, text: string | undefined, now: number): number | undefined {
  if (header !== undefined && /^\s*\d{1,9}\s*$/.test(header)) return Number(header);
  const time = Date.parse(header ?? '');
  if (!Number.isNaN(time)) return Math.max(1, Math.ceil((time - now) / 1000));
  const seconds = /try again in (\d{1,9}) seconds/i.exec(text ?? '')?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}
