/** Knows the work that has begun and not ended. */
interface InFlight {
  /** Adds work, which must never reject; returns it. */
  track<T>(work: Promise<T>): Promise<T>;
  /** Resolves when all of it has ended, including what is added meanwhile. */
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
