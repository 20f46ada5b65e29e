import { Heap, type HeapItem } from './heap';

/** Something that will happen at a time, unless it is cancelled. */
export interface Alarm extends HeapItem {
  readonly at: number;
  readonly ring: () => void;
}

const MAX_DELAY = 2 ** 31 - 1;

/** The broker's time, in milliseconds since 1970: the machine's, plus what a test has moved it by. One timer serves all alarms. */
export class Clock {
  readonly #alarms = new Heap<Alarm>((a, b) => a.at < b.at);
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;
  #offset = 0;

  now(): number {
    return Date.now() + this.#offset;
  }

  /** Moves the clock forward (or back) by `ms`; what is due then happens at once. */
  move(ms: number): void {
    this.#offset += ms;
    this.#timerAt = Infinity;
    this.#ring();
  }

  /** Calls `ring` at the time `at`, or soon when that is past. */
  alarm(at: number, ring: () => void): Alarm {
    const alarm: Alarm = { at, ring, heapIndex: -1 };
    this.#alarms.push(alarm);
    if (at < this.#timerAt) this.#arm();
    return alarm;
  }

  cancel(alarm: Alarm | undefined): void {
    if (alarm) this.#alarms.remove(alarm);
  }

  /** Stops the timer for good. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timerAt = -Infinity;
  }

  #ring(): void {
    const now = this.now();
    for (let next = this.#alarms.peek(); next && next.at <= now; next = this.#alarms.peek()) {
      this.#alarms.pop();
      next.ring();
    }
    this.#arm();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const next = this.#alarms.peek();
    this.#timerAt = next ? next.at : Infinity;
    if (!next) return;
    const delay = Math.min(Math.max(next.at - this.now(), 0), MAX_DELAY);
    this.#timer = setTimeout(() => this.#ring(), delay);
  }
}
