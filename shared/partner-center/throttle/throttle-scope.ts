const MINUTE = 60_000;
const LONGEST_CLOSURE_SECONDS = 300;

/** A budget: how many requests may start within any minute, and how many may be open at a time. */
export interface Budget {
  readonly perMinute: number;
  readonly concurrency: number;
}

/** The state of one budget: the partner's, or one customer's. */
export class ThrottleScope {
  readonly #budget: Budget;
  /** Milliseconds since 1970. */
  readonly #now: () => number;
  #open = 0;
  /** When the requests of the last minute started, oldest first. */
  #starts: number[] = [];
  #closedUntil = 0;
  /** How many 429s came in a row. */
  #rejections = 0;
  readonly #waiting = new Set<() => void>();

  constructor(budget: Budget, now: () => number) {
    this.#budget = budget;
    this.#now = now;
  }

  /** Milliseconds until the minute's budget and the last Retry-After allow another request; 0 = now. */
  waitMilliseconds(): number {
    const now = this.#now();
    this.#forgetOldStarts(now);
    const [oldest] = this.#starts;
    const isSpent = this.#starts.length >= this.#budget.perMinute;
    const forBudget = oldest !== undefined && isSpent ? oldest + MINUTE - now : 0;
    return Math.max(0, forBudget, this.#closedUntil - now);
  }

  isFull(): boolean {
    return this.#open >= this.#budget.concurrency;
  }

  /** Nothing is known about this scope that matters any more. */
  isIdle(): boolean {
    return this.#open === 0 && this.waitMilliseconds() === 0 && this.#starts.length === 0;
  }

  isClosed(): boolean {
    return this.#closedUntil > this.#now();
  }

  /** Resolves with true when a request ends, or with false when that takes too long. */
  roomWithin(milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (hasRoom: boolean) => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve(hasRoom);
      };
      const wake = () => settle(true);
      const timer = setTimeout(() => settle(false), milliseconds);
      this.#waiting.add(wake);
    });
  }

  start(): void {
    this.#open += 1;
    if (Number.isFinite(this.#budget.perMinute)) this.#starts.push(this.#now());
  }

  end(): void {
    this.#open -= 1;
    // All of them, in their order: the first may find its other scope full and leave the place to the next.
    for (const wake of this.#waiting) wake();
  }

  /** Closes for the seconds Partner Center named (0 counts as 1), twice as long with every 429 in a row. Returns the seconds. */
  close(named: number): number {
    const seconds = Math.max(1, named);
    // Requests that were open together are rejected together: that counts once.
    if (!this.isClosed()) this.#rejections += 1;
    const longer = Math.min(seconds * 2 ** (this.#rejections - 1), Math.max(seconds, LONGEST_CLOSURE_SECONDS));
    this.#closedUntil = Math.max(this.#closedUntil, this.#now() + longer * 1000);
    return Math.ceil((this.#closedUntil - this.#now()) / 1000);
  }

  /** Any other answer than a 429 ends the row. */
  succeeded(): void {
    this.#rejections = 0;
  }

  #forgetOldStarts(now: number): void {
    const recent = this.#starts.findIndex((start) => start > now - MINUTE);
    if (recent > 0) this.#starts = this.#starts.slice(recent);
    if (recent < 0) this.#starts = [];
  }
}
