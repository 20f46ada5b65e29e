/** A record of a list that does not have the documented shape. It is left out; the list goes on. */
export interface OddRecord {
  readonly operation: string;
  readonly requestId: string;
  readonly correlationId: string;
  /** Its place in the whole list, from 1. */
  readonly place: number;
  /** Where and what: "currencyCode: expected string". Never values, they may be personal. */
  readonly problems: readonly string[];
  /** The record as it came, which may hold personal data: to be kept, never to be logged. */
  readonly raw: unknown;
}

export type OnOdd = (odd: OddRecord) => void;

/** A list of a million odd records is told of so many times, not a million. */
const MOST_TOLD = 10;

/** Tells whoever asked about every odd record of a list, and everybody (the log) about the first few. */
export function tellOdd(odd: OddRecord, told: number, log: OnOdd | undefined, asker: OnOdd | undefined): void {
  asker?.(odd);
  if (told <= MOST_TOLD) log?.(odd);
}
