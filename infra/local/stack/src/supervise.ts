import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from './child';

/** A child process that is started again when it dies. */
export interface Supervised {
  /** The process id of the moment. */
  pid(): number;
  /** Ends it as a crash would; it stays down until `restart`. */
  kill(): Promise<void>;
  /** Starts it again, killing it before if it runs; resolves when it is ready. */
  restart(): Promise<void>;
  /** Stops it cleanly and for good. */
  stop(): Promise<void>;
}

export interface SuperviseOptions {
  /** Starts the process, for the first time or again. */
  start: () => Promise<Child>;
  log: (line: string) => void;
  /** Called when it died too often, with the reason in words. */
  onGiveUp: (reason: string) => void;
}

const quickDeathMs = 60_000;
const deathsToGiveUp = 5;
const firstPauseMs = 100;

/** Starts a child process and keeps it running. Rejects when it can't be started the first time. */
export async function supervise({ start, log, onGiveUp }: SuperviseOptions): Promise<Supervised> {
  let child = await start();
  const stopped = new AbortController();
  /** True while somebody else decides whether the process runs. */
  let isHeld = false;
  let reviving: Promise<void> = Promise.resolve();
  let deaths: number[] = [];

  function watch(): void {
    const watched = child;
    void watched.exited.then((how) => {
      if (watched === child && !isHeld && !stopped.signal.aborted) reviving = revive(how);
      return undefined;
    });
  }

  /** Starts the process again after a pause that grows with every quick death. */
  async function revive(how: string): Promise<void> {
    log(`died (${how})`);
    const now = Date.now();
    deaths = [...deaths.filter((at) => now - at < quickDeathMs), now];
    if (deaths.length > deathsToGiveUp) {
      onGiveUp(`died ${deaths.length} times within ${quickDeathMs / 1000} s, last with ${how}`);
      return;
    }
    await sleep(firstPauseMs * 2 ** (deaths.length - 1), undefined, { signal: stopped.signal }).catch(() => undefined);
    if (stopped.signal.aborted || isHeld) return;
    try {
      child = await start();
      log('runs again');
      watch();
    } catch (error) {
      await revive(error instanceof Error ? error.message : String(error));
    }
  }

  async function hold(): Promise<void> {
    isHeld = true;
    await reviving;
    await child.kill();
  }

  watch();
  return {
    pid: () => child.pid,
    kill: hold,
    async restart() {
      await hold();
      child = await start();
      isHeld = false;
      watch();
    },
    async stop() {
      stopped.abort();
      await reviving;
      await child.stop();
    },
  };
}
