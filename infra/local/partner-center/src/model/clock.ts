import { z } from 'zod';
import { refusal } from '#wire/refusal';
import type { Store } from '#store/store';

/** The century the clock stays in: dates have four digits there, and the invoices of a hundred years are made in a moment. */
export const clockRange = { from: '2000-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' } as const;
const [from, to] = [Date.parse(clockRange.from), Date.parse(clockRange.to)];

/** By how many seconds a fault may move the clock: a hundred years. */
export const clockStepSchema = z
  .number()
  .min((from - to) / 1000)
  .max((to - from) / 1000);

/** The sandbox's time: the machine's, moved by what `POST /sandbox/clock` added. */
export class Clock {
  constructor(private readonly store: Store) {}

  now(): number {
    return Date.now() + this.offset();
  }

  /** Moves the clock, forward or back, by so many seconds; it stays moved after a restart. Refuses to leave the range. */
  move(seconds: number): void {
    const then = this.now() + seconds * 1000;
    if (then < from || then >= to) {
      const now = new Date(this.now()).toISOString();
      const range = `from ${clockRange.from} to before ${clockRange.to}`;
      throw refusal('invalidInput', `The clock goes ${range} and shows ${now} now; send a time between.`);
    }
    this.store.settled.put('clockOffset', this.offset() + seconds * 1000);
  }

  private offset(): number {
    return Number(this.store.settled.get('clockOffset') ?? 0);
  }
}
