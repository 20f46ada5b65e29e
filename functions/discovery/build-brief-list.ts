import { cutText } from '#shared/domain/cut-text';

/** Joins as many parts as fit into `longest` characters, and says how many are left out. A first part that is too long is cut. */
export function buildBriefList(parts: string[], separator: string, longest: number): string {
  const whole = parts.join(separator);
  if (whole.length <= longest) return whole;
  const room = longest - 20;
  let kept = parts.length;
  while (kept > 1 && parts.slice(0, kept).join(separator).length > room) kept--;
  const shown = parts.slice(0, kept).join(separator);
  const cut = shown.length > room ? `${cutText(shown, room)}...` : shown;
  return kept === parts.length ? cut : `${cut}${separator}and ${parts.length - kept} more`;
}
