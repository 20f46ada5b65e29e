/** Knows the work that has begun and not ended. */
export interface InFlight {
  /** Adds work that must never reject; hands it back. */
  track(work: Promise<void>): Promise<void>;
  /** Resolves when all of it has ended, with what was added meanwhile. */
  idle(): Promise<void>;
}

export function createInFlight(): InFlight {
  const running = new Set<Promise<void>>();
  return {
    async track(work) {
      running.add(work);
      await work;
      running.delete(work);
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
