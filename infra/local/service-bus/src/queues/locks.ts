import { randomBytes } from 'node:crypto';
import { AmqpError } from '#amqp/amqp-error';
import type { Alarm } from './clock';
import type { Message } from './message';
import { type SessionLock, sessionLost } from './sessions';
import { type Decision, type SettlingQueue, settlement } from './settlement';
import type { Done, Surroundings } from './surroundings';

/** A receiver's hold on a message until a time; within a session, as long as that is held. */
export interface Lock {
  readonly message: Message;
  /** 16 bytes, in the order of a delivery tag (a .NET Guid). */
  readonly token: Buffer;
  readonly key: string;
  readonly session: SessionLock | undefined;
  until: number;
  alarm: Alarm | undefined;
  /** True while a decision about it is being written. */
  deciding: boolean;
}

/** What locks need of their queue. */
interface LockingQueue extends SettlingQueue {
  /** The broker's time. */
  readonly now: number;
  readonly around: Surroundings;
  /** Makes a message available again, unless it is gone. */
  offer(message: Message): void;
}

const RETRY = 1_000;

let tokens = 0;
/** Differs in every process, so that a token from before a restart is never mistaken for a new one. */
const TOKEN_PREFIX = randomBytes(10);

/** The locks of a queue. They live in memory alone: a restart frees every message. */
export class Locks {
  readonly #queue: LockingQueue;
  readonly #byKey = new Map<string, Lock>();

  constructor(queue: LockingQueue) {
    this.#queue = queue;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** Locks a message for the queue's lock duration, or as long as its session is held. The delivery is journaled without waiting. */
  take(message: Message, session?: SessionLock): Lock {
    message.taken = true;
    const token = newToken();
    const until = session?.until ?? this.#queue.now + this.#queue.settings.lockDuration;
    const key = token.toString('latin1');
    const lock: Lock = { message, token, key, session, until, alarm: undefined, deciding: false };
    this.#byKey.set(key, lock);
    this.#watch(lock);
    // Nobody waits for this record: should it be lost, one delivery is not counted.
    const { id, around } = this.#queue;
    around.commit([{ kind: 'attempt', entity: id, sequence: message.sequence }], () => undefined);
    return lock;
  }

  /** The live lock with this token, or undefined. */
  find(token: Buffer): Lock | undefined {
    return this.#byKey.get(token.toString('latin1'));
  }

  /** Restarts the time of a lock. Returns when it ends, or undefined when it is lost. */
  renew(lock: Lock | undefined): number | undefined {
    if (!lock || !this.#holds(lock)) return undefined;
    this.#queue.around.clock.cancel(lock.alarm);
    lock.until = this.#queue.now + this.#queue.settings.lockDuration;
    this.#watch(lock);
    return lock.until;
  }

  /** Carries out a receiver's decision. `done` gets an error when the lock is lost or the decision could not be written. */
  settle(lock: Lock | undefined, decision: Decision, done: Done): void {
    if (!lock || !this.#holds(lock) || lock.deciding) return done(this.lost());
    const { faults } = this.#queue.around;
    const completionLost =
      decision.kind === 'complete' && faults.losesCompletion(this.#queue.id, lock.message.sequence);
    this.#decide(lock, completionLost ? { kind: 'lost' } : decision, done);
  }

  /** Ends a lock before its time, as if it had expired. */
  lose(lock: Lock): void {
    if (this.#byKey.get(lock.key) !== lock || lock.deciding) return;
    this.#decide(lock, { kind: 'lost' }, (error) => {
      if (error) lock.alarm = this.#queue.around.clock.alarm(this.#queue.now + RETRY, () => this.lose(lock));
    });
  }

  /** Ends all locks within a session. */
  loseSession(session: SessionLock): void {
    for (const lock of this.all()) if (lock.session === session) this.lose(lock);
  }

  /** Forgets all locks and leaves their messages as they are. */
  clear(): void {
    for (const lock of this.#byKey.values()) this.#queue.around.clock.cancel(lock.alarm);
    this.#byKey.clear();
  }

  /** All live locks. */
  all(): Lock[] {
    return [...this.#byKey.values()];
  }

  /** The error for a lock that expired, was settled, or never was. */
  lost(): AmqpError {
    if (this.#queue.settings.requiresSession) return sessionLost();
    const text =
      'The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.';
    return new AmqpError('com.microsoft:message-lock-lost', text);
  }

  #holds(lock: Lock): boolean {
    return this.#byKey.get(lock.key) === lock && (lock.session?.until ?? lock.until) > this.#queue.now;
  }

  #decide(lock: Lock, decision: Decision, done: Done): void {
    const { clock, commit } = this.#queue.around;
    let operations;
    try {
      operations = settlement(this.#queue, lock.message, decision);
    } catch (error) {
      if (error instanceof AmqpError) return done(error);
      throw error;
    }
    lock.deciding = true;
    clock.cancel(lock.alarm);
    commit(operations, (error) => {
      lock.deciding = false;
      if (error) {
        this.#watch(lock);
      } else {
        this.#byKey.delete(lock.key);
        this.#queue.offer(lock.message);
      }
      done(error);
    });
  }

  /** A lock within a session ends with it. */
  #watch(lock: Lock): void {
    if (lock.session) return;
    lock.alarm = this.#queue.around.clock.alarm(lock.until, () => this.lose(lock));
  }
}

function newToken(): Buffer {
  const token = Buffer.allocUnsafe(16);
  TOKEN_PREFIX.copy(token, 0);
  token.writeUIntBE(++tokens, 10, 6);
  return token;
}
