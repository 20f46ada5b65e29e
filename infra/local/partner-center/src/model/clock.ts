import { z } from 'zod';
import type { Store } from '#store/store';
import { refusal } from '#wire/refusal';

/** The clock stays in this century: its dates have four digits for the year, and its invoices are made in a moment. */
export const CLOCK_RANGE = { from: '2000-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' } as const;
const FROM = Date.parse(CLOCK_RANGE.from);
const TO = Date.parse(CLOCK_RANGE.to);

/** By how many seconds a fault may move the clock: a hundred years, forward or back. */
export const clockStepSchema = z
  .number()
  .min((FROM - TO) / 1000)
  .max((TO - FROM) / 1000);

interface Pause {
  /** On the machine's clock, in milliseconds. */
  endsAt: number;
  timer: NodeJS.Timeout;
  readonly end: () => void;
}

/** The sandbox's time in milliseconds: the machine's, moved by what `POST /sandbox/clock` added. */
export class Clock {
  readonly #store: Store;
  readonly #pauses = new Set<Pause>();

  constructor(store: Store) {
    this.#store = store;
  }

  now(): number {
    return Date.now() + this.#offset();
  }

  /** Moves the clock, forward or back, by so many seconds; it stays moved after a restart. Throws outside of its range. */
  move(seconds: number): void {
    const then = this.now() + seconds * 1000;
    if (then < FROM || then >= TO) {
      const now = new Date(this.now()).toISOString();
      const range = `from ${CLOCK_RANGE.from} to before ${CLOCK_RANGE.to}`;
      throw refusal('invalidInput', `The clock goes ${range} and shows ${now} now; send a time between.`);
    }
    this.#store.values.put('clockOffset', this.#offset() + seconds * 1000);
    if (seconds > 0) this.#shortenPauses(seconds * 1000);
  }

  /** Waits for this many seconds of the sandbox's time: moving the clock forward shortens the wait. */
  pause(seconds: number): Promise<void> {
    return new Promise((resolve) => {
      const pause: Pause = {
        endsAt: Date.now() + seconds * 1000,
        timer: setTimeout(() => pause.end(), seconds * 1000).unref(),
        end: () => {
          clearTimeout(pause.timer);
          this.#pauses.delete(pause);
          resolve();
        },
      };
      this.#pauses.add(pause);
    });
  }

  #shortenPauses(milliseconds: number): void {
    for (const pause of this.#pauses) {
      pause.endsAt -= milliseconds;
      clearTimeout(pause.timer);
      pause.timer = setTimeout(pause.end, Math.max(0, pause.endsAt - Date.now())).unref();
    }
  }

  #offset(): number {
    return Number(this.#store.values.get('clockOffset') ?? 0);
  }
}
