/** Months between two charges; what is charged once is not here (page "Cart resources"). */
const MONTHS_OF_CYCLE = new Map([
  ['monthly', 1],
  ['annual', 12],
  ['biennial', 24],
  ['triennial', 36],
]);
const CHARGED_ONCE = new Set(['one_time', 'none']);

/** How long a term lasts, in months, a part of one counting as a whole; undefined for what is no ISO 8601 duration. */
export function monthsOf(termDuration: string): number | undefined {
  const parts = /^P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?$/i.exec(termDuration);
  if (!parts) return undefined;
  const [, years = 0, months = 0, weeks = 0, days = 0] = parts.map((part) => Number(part ?? 0));
  return years * 12 + months + Math.ceil(((weeks * 7 + days) * 12) / 365);
}

/**
 * How many charges a customer commits to with a line: a year that is billed monthly has 12. One where nothing recurs, and
 * where there is no term, since each charge may then be the last. A custom end only makes a term shorter, so the whole term
 * counts. Undefined when it can't be known.
 */
export function chargesOf(billingCycle: string, termDuration: string | undefined): number | undefined {
  if (CHARGED_ONCE.has(billingCycle)) return 1;
  const cycle = MONTHS_OF_CYCLE.get(billingCycle);
  const months = termDuration === undefined ? cycle : monthsOf(termDuration);
  return cycle === undefined || months === undefined ? undefined : Math.max(1, Math.ceil(months / cycle));
}
