import { AmqpError } from '#amqp/amqp-error';
import type { QueueSettings } from '#definitions/settings';
import type { Alarm } from './clock';
import type { Lane } from './lane';
import type { Surroundings } from './surroundings';

/** A receiver's hold on a session; `lost` is called when it is taken away. */
export interface SessionLock {
  readonly sessionId: string;
  readonly lane: Lane;
  until: number;
  alarm: Alarm | undefined;
  lost: (() => void) | undefined;
}

/** What sessions need of their queue. */
interface SessionQueue {
  readonly around: Surroundings;
  readonly settings: QueueSettings;
  /** The lanes of its sessions, by session id. */
  readonly lanes: ReadonlyMap<string, Lane>;
  readonly locks: { loseSession(session: SessionLock): void };
  /** The lane of a session, made when there is none. */
  lane(sessionId: string): Lane;
  /** Forgets a session's lane that nothing waits in any more. */
  tidy(lane: Lane): void;
}

/** A receiver that waits for the next free session. */
interface Waiter {
  readonly take: (lock: SessionLock) => void;
  readonly alarm: Alarm;
}

/** The sessions of a queue: one receiver at a time holds each of them, for a lock duration that can be renewed. */
export class Sessions {
  readonly #queue: SessionQueue;
  readonly #locks = new Map<string, SessionLock>();
  readonly #states = new Map<string, Buffer>();
  readonly #waiters = new Set<Waiter>();

  constructor(queue: SessionQueue) {
    this.#queue = queue;
  }

  /** Takes a session by its id, with or without messages. Throws AmqpError when somebody else holds it. */
  accept(sessionId: string): SessionLock {
    if (this.#locks.has(sessionId)) {
      throw new AmqpError(
        'com.microsoft:session-cannot-be-locked',
        `The requested session '${sessionId}' cannot be accepted.`,
      );
    }
    const lane = this.#queue.lane(sessionId);
    const lock: SessionLock = { sessionId, lane, until: 0, alarm: undefined, lost: undefined };
    this.#locks.set(sessionId, lock);
    this.#watch(lock);
    return lock;
  }

  /** Takes the next session with a message that nobody holds, now or within `timeout` milliseconds. Returns how to stop waiting. */
  acceptNext(timeout: number, take: (lock: SessionLock) => void, timedOut: () => void): () => void {
    for (const lane of this.#queue.lanes.values()) {
      if (lane.waiting === 0 || this.#locks.has(lane.name)) continue;
      take(this.accept(lane.name));
      return () => undefined;
    }
    const { clock } = this.#queue.around;
    const waiter: Waiter = {
      take,
      alarm: clock.alarm(clock.now() + timeout, () => {
        this.#waiters.delete(waiter);
        timedOut();
      }),
    };
    this.#waiters.add(waiter);
    return () => {
      this.#waiters.delete(waiter);
      clock.cancel(waiter.alarm);
    };
  }

  /** A lane has a message: whoever waits longest gets the session, when it is free. */
  available(lane: Lane): void {
    const [waiter] = this.#waiters;
    if (!waiter || lane.waiting === 0 || this.#locks.has(lane.name)) return;
    this.#waiters.delete(waiter);
    this.#queue.around.clock.cancel(waiter.alarm);
    waiter.take(this.accept(lane.name));
  }

  /** True while somebody holds the session. */
  holds(sessionId: string): boolean {
    return this.#locks.has(sessionId);
  }

  /** The live hold on a session. Throws AmqpError when there is none. */
  held(sessionId: string): SessionLock {
    const lock = this.#locks.get(sessionId);
    if (!lock) throw sessionLost();
    return lock;
  }

  /** Restarts the time of a hold. Returns when it ends. */
  renew(sessionId: string): number {
    const lock = this.held(sessionId);
    this.#watch(lock);
    return lock.until;
  }

  /** Frees a session. What its receiver left unsettled has failed once. */
  release(lock: SessionLock): void {
    if (this.#locks.get(lock.sessionId) !== lock) return;
    this.#locks.delete(lock.sessionId);
    this.#queue.around.clock.cancel(lock.alarm);
    this.#queue.locks.loseSession(lock);
    this.available(lock.lane);
    this.#queue.tidy(lock.lane);
  }

  /** Takes a session away from its receiver. */
  lose(lock: SessionLock): void {
    const { lost } = lock;
    this.release(lock);
    lost?.();
  }

  all(): SessionLock[] {
    return [...this.#locks.values()];
  }

  state(sessionId: string): Buffer | undefined {
    return this.#states.get(sessionId);
  }

  setState(sessionId: string, state: Buffer | undefined): void {
    if (state) this.#states.set(sessionId, state);
    else this.#states.delete(sessionId);
  }

  /** Sessions with a state, for the journal. */
  entries(): Iterable<[string, Buffer]> {
    return this.#states;
  }

  /** The ids of sessions with messages or a state. */
  ids(): string[] {
    const busy = [...this.#queue.lanes.values()].filter((lane) => lane.waiting > 0).map((lane) => lane.name);
    return [...new Set([...busy, ...this.#states.keys()])];
  }

  #watch(lock: SessionLock): void {
    const { clock } = this.#queue.around;
    clock.cancel(lock.alarm);
    lock.until = clock.now() + this.#queue.settings.lockDuration;
    lock.alarm = clock.alarm(lock.until, () => this.lose(lock));
  }
}

/** The error for a session that is not, or no longer, held. */
export function sessionLost(): AmqpError {
  return new AmqpError('com.microsoft:session-lock-lost', 'The session lock has expired. Accept a new session.');
}
