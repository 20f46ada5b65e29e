interface Bucket {
  level: number;
  filledAt: number;
}

/** Token buckets by name. Every request counts, refused ones too (page "api-throttling-guidance"). */
export class Throttle {
  private readonly buckets = new Map<string, Bucket>();

  /** All buckets full again. */
  clear(): void {
    this.buckets.clear();
  }

  /** Takes one from the bucket; answers the seconds to wait when it is empty, or 0. `now` in milliseconds. */
  take(name: string, perMinute: number, now: number): number {
    if (perMinute === 0) return 0;
    const bucket = this.buckets.get(name) ?? { level: perMinute, filledAt: now };
    const filled = bucket.level + ((now - bucket.filledAt) / 60_000) * perMinute;
    const level = Math.min(perMinute, filled) - 1;
    // A refused request costs too, but a bucket sinks no lower than a minute's worth of waiting.
    this.buckets.set(name, { level: Math.max(level, -perMinute), filledAt: now });
    return level >= 0 ? 0 : Math.max(1, Math.ceil((-level / perMinute) * 60));
  }
}
