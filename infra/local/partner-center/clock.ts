import { z } from 'zod';
import type { Store } from './store/store';

/** By how many seconds the clock may move at once: 317 years, so that the result is a date that can be written. */
export const clockStepSchema = z.number().min(-1e10).max(1e10);

/** The sandbox's time: the machine's, moved by what `POST /sandbox/clock` added. */
export class Clock {
  constructor(private readonly store: Store) {}

  now(): number {
    return Date.now() + this.offset();
  }

  /** Moves the clock, forward or back, by so many seconds; it stays moved after a restart. */
  move(seconds: number): void {
    this.store.settled.put('clockOffset', this.offset() + seconds * 1000);
  }

  private offset(): number {
    return Number(this.store.settled.get('clockOffset') ?? 0);
  }
}

/** A time on the wire; the real service prints up to seven digits of the second, and so does this. */
export const wireTime = (milliseconds: number, ticks = 0): string =>
  `${new Date(milliseconds).toISOString().slice(0, -1)}${String(ticks % 10_000).padStart(4, '0')}Z`;

/** "Not set", as the service writes it. */
export const unset = '0001-01-01T00:00:00';
/** "Never", as the service writes it. */
export const never = '9999-12-31T00:00:00Z';
