interface Bucket {
  level: number;
  filledAt: number;
}

/** Token buckets by name. Every request counts, even a refused one (page "api-throttling-guidance"). */
export class Throttle {
  readonly #buckets = new Map<string, Bucket>();

  /** Fills all buckets. */
  clear(): void {
    this.#buckets.clear();
  }

  /** Takes one token; returns the seconds to wait when the bucket is empty, or 0. `now` in milliseconds. */
  take(name: string, perMinute: number, now: number): number {
    if (perMinute === 0) return 0;
    const bucket = this.#buckets.get(name) ?? { level: perMinute, filledAt: now };
    const filled = bucket.level + ((now - bucket.filledAt) / 60_000) * perMinute;
    const left = Math.min(perMinute, filled) - 1;
    // A refused request costs too, but the bucket never sinks so low that waiting a minute is not enough.
    const level = Math.max(left, 1 - perMinute);
    this.#buckets.set(name, { level, filledAt: now });
    return left >= 0 ? 0 : Math.ceil(((1 - level) / perMinute) * 60);
  }
}
