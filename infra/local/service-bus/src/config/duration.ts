import { z } from 'zod';
import { NEVER } from '#definitions/settings';

const ISO_8601 = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
/** Service Bus writes "forever" as .NET's TimeSpan.MaxValue. */
const FOREVER = 'P10675199DT2H48M5.4775807S';
const DAY = 86_400_000;

/** Milliseconds of an ISO 8601 duration of days, hours, minutes and seconds; NEVER for the longest one. Undefined when the text is none. */
function parseDuration(text: string): number | undefined {
  const match = ISO_8601.exec(text);
  if (!match || text === 'P' || text.endsWith('T')) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  const ms = (days ?? 0) * DAY + (hours ?? 0) * 3_600_000 + (minutes ?? 0) * 60_000 + (seconds ?? 0) * 1000;
  return ms >= 10_675_199 * DAY ? NEVER : ms;
}

/** The ISO 8601 form of a duration in milliseconds. */
export function formatDuration(ms: number): string {
  if (ms === NEVER) return FOREVER;
  const days = Math.floor(ms / DAY);
  const rest = ms - days * DAY;
  const hours = Math.floor(rest / 3_600_000);
  const minutes = Math.floor((rest % 3_600_000) / 60_000);
  const seconds = (rest % 60_000) / 1000;
  const time = `${hours ? `${hours}H` : ''}${minutes ? `${minutes}M` : ''}${seconds ? `${seconds}S` : ''}`;
  const date = days ? `${days}D` : '';
  return time ? `P${date}T${time}` : date ? `P${date}` : 'PT0S';
}

/** An ISO 8601 duration between two limits, both in milliseconds. */
export function duration(min: number, max: number) {
  return z.string().transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== undefined && ms >= min && ms <= max) return ms;
    context.addIssue({
      code: 'custom',
      message: `not an ISO 8601 duration between ${min / 1000} s and ${max / 1000} s`,
    });
    return z.NEVER;
  });
}
