import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from './child';
import { messageOf } from './text/message-of';

/** A child process that is started again when it dies. */
export interface Supervised {
  /** The process id of the moment. */
  pid(): number;
  /** Ends it as a crash would; it stays down until `restart` or `reload`. */
  kill(): Promise<void>;
  /** Starts it again, killing it before if it runs; resolves when it is ready. */
  restart(): Promise<void>;
  /** Starts it again after a clean end, which finishes the work under way; resolves when it is ready. */
  reload(): Promise<void>;
  /** Stops it cleanly and for good. */
  stop(): Promise<void>;
}

export interface SuperviseOptions {
  /** Starts the process, for the first time or again. */
  readonly start: () => Promise<Child>;
  readonly log: (line: string) => void;
  /** Called when it died too often, with the reason in words. */
  readonly onGiveUp: (reason: string) => void;
  /** The pause before it is started again after its first death; each quick death doubles it. */
  readonly firstPauseMs?: number;
  /** Once aborted, a death is final. */
  readonly signal?: AbortSignal | undefined;
}

const QUICK_DEATH_MS = 60_000;
const DEATHS_TO_GIVE_UP = 5;
const FIRST_PAUSE_MS = 100;

/** Starts a child process and keeps it running. Rejects when it can't be started the first time. */
export async function supervise(options: SuperviseOptions): Promise<Supervised> {
  const { start, log, onGiveUp, firstPauseMs = FIRST_PAUSE_MS, signal } = options;
  let child = await start();
  const stopped = new AbortController();
  const over = signal === undefined ? stopped.signal : AbortSignal.any([stopped.signal, signal]);
  /** True while somebody else decides whether the process runs. */
  let isHeld = false;
  let reviving: Promise<void> = Promise.resolve();
  let deaths: number[] = [];

  function watch(): void {
    const watched = child;
    void watched.exited.then((how) => {
      if (watched === child && !isHeld && !over.aborted) reviving = revive(how);
      return undefined;
    });
  }

  /** Starts the process again after a pause that grows with every quick death. */
  async function revive(how: string): Promise<void> {
    log(`died (${how})`);
    const now = Date.now();
    deaths = [...deaths.filter((at) => now - at < QUICK_DEATH_MS), now];
    if (deaths.length > DEATHS_TO_GIVE_UP) {
      onGiveUp(`died ${deaths.length} times within ${QUICK_DEATH_MS / 1000} s, last with ${how}`);
      return;
    }
    await sleep(firstPauseMs * 2 ** (deaths.length - 1), undefined, { signal: over }).catch(() => undefined);
    if (over.aborted || isHeld) return;
    try {
      child = await start();
      log('runs again');
      watch();
    } catch (error) {
      if (!over.aborted) await revive(messageOf(error));
    }
  }

  /** Waits for a revival under way, which will not go on. */
  async function hold(): Promise<void> {
    isHeld = true;
    await reviving;
  }

  async function again(end: () => Promise<void>): Promise<void> {
    await hold();
    await end();
    if (over.aborted) return;
    child = await start();
    isHeld = false;
    watch();
  }

  /** Ends it in the given way and starts it again; until then nothing else starts or stops it. */
  async function startAgain(end: () => Promise<void>): Promise<void> {
    const work = again(end);
    reviving = work.catch(() => undefined);
    await work;
  }

  watch();
  return {
    pid: () => child.pid,
    async kill() {
      await hold();
      await child.kill();
    },
    restart: () => startAgain(() => child.kill()),
    reload: () => startAgain(() => child.stop()),
    async stop() {
      stopped.abort();
      await reviving;
      await child.stop();
    },
  };
}
