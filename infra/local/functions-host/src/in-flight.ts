/** Knows the work that has begun and not ended. */
export interface InFlight {
  /** Adds work that must never reject; hands back what it resolves with. */
  track<T>(work: Promise<T>): Promise<T>;
  /** Resolves when all of it has ended, with what was added meanwhile. */
  idle(): Promise<void>;
}

export function createInFlight(): InFlight {
  const running = new Set<Promise<unknown>>();
  return {
    async track(work) {
      running.add(work);
      const result = await work;
      running.delete(work);
      return result;
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
