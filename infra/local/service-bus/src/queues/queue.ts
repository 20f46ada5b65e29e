import { NEVER, type QueueSettings } from '#definitions/settings';
import type { Operation, PutOperation } from '#journal/operations';
import { type Totals, count, noTotals } from '#journal/totals';
import type { Content } from '#messages/content';
import { Lane } from './lane';
import { Locks } from './locks';
import type { Message } from './message';
import type { Passage, Routes } from './routes';
import { Sessions } from './sessions';
import { settlement } from './settlement';
import type { Surroundings } from './surroundings';

const OVERHEAD = 256;
const RETRY = 1_000;

/**
 * The messages of a queue, subscription or dead-letter queue, or those a topic has scheduled. Its state changes only through `apply`;
 * locks live in memory alone. Messages wait in lanes: one for all, or one per session.
 */
export class Queue {
  readonly messages = new Map<number, Message>();
  readonly totals: Totals = noTotals();
  readonly lanes = new Map<string, Lane>();
  readonly locks: Locks;
  /** Only when it requires sessions. */
  readonly sessions: Sessions | undefined;
  /** Replaced when the definition of its entity changes. */
  settings: QueueSettings;
  /** The bytes its messages take, about. */
  bytes = 0;
  #live = false;

  constructor(
    readonly id: number,
    /** The address clients use. */
    readonly path: string,
    settings: QueueSettings,
    readonly around: Surroundings,
    /** How its scheduled messages become active, and where its dead letters go. */
    readonly routes: Routes,
  ) {
    this.settings = settings;
    this.locks = new Locks(this);
    this.sessions = settings.requiresSession ? new Sessions(this) : undefined;
  }

  get now(): number {
    return this.around.clock.now();
  }

  /** The operation that adds a content here; with the reason `scheduled` it waits for its time. */
  put(content: Content, passage: Passage): PutOperation {
    const { reason, scheduledFor, deadLetterSource, failed = 0 } = passage;
    const scheduled = reason === 'scheduled';
    return {
      kind: 'put',
      entity: this.id,
      sequence: this.totals.nextSequence++,
      reason,
      state: scheduled ? 'scheduled' : 'active',
      failed,
      enqueuedAt: this.now,
      expiresAt: scheduled ? Infinity : this.#expiryOf(content, passage.timeToLive ?? NEVER),
      scheduledFor,
      deadLetterSource,
      content,
    };
  }

  /** Changes the state as the operation says. */
  apply(operation: Operation): void {
    count(this.totals, operation);
    switch (operation.kind) {
      case 'put':
        return this.#applyPut(operation);
      case 'delete':
        return this.#forget(operation.sequence);
      case 'attempt': {
        // While the broker runs a lock guards the delivery. At start there is none, so the delivery has failed.
        const message = this.messages.get(operation.sequence);
        if (message && !this.#live && this.routes.bury) message.failed++;
        return;
      }
      case 'state': {
        const message = this.messages.get(operation.sequence);
        if (!message) return;
        message.state = operation.state;
        message.failed = operation.failed;
        return;
      }
      case 'session-state':
        this.sessions?.setState(operation.sessionId, operation.state);
        return;
      case 'totals':
      case 'remember':
      case 'count':
      case 'entity':
        return;
    }
  }

  /** After the journal was read: from now on messages are delivered, expire and become active. */
  start(): void {
    this.#live = true;
    for (const message of this.messages.values()) this.#watch(message);
  }

  /** The queue is deleted: its alarms are cancelled and its receivers detached. */
  stop(): void {
    this.#live = false;
    for (const lock of this.sessions?.all() ?? []) this.sessions?.lose(lock);
    for (const lane of this.lanes.values()) lane.close();
    this.locks.clear();
    for (const message of this.messages.values()) this.around.clock.cancel(message.alarm);
    this.messages.clear();
  }

  /** The lane of a session, or the only one. */
  lane(sessionId: string | undefined): Lane {
    const name = this.sessions ? (sessionId ?? '') : '';
    let lane = this.lanes.get(name);
    if (!lane) {
      lane = new Lane(this, name);
      this.lanes.set(name, lane);
    }
    return lane;
  }

  /** Forgets a session's lane that nothing waits in any more. */
  tidy(lane: Lane): void {
    if (this.sessions && lane.idle && !this.sessions.holds(lane.name)) this.lanes.delete(lane.name);
  }

  /** Makes a message available again, unless it is gone or not active. */
  offer(message: Message): void {
    message.taken = false;
    if (this.messages.get(message.sequence) !== message) return;
    if (message.expiresAt <= this.now && message.state !== 'scheduled') return this.expire(message);
    if (message.state === 'active') this.lane(message.content.sessionId).offer(message);
  }

  /** The shortest time to live counts: the message's, the entity's, and the topic's it came through. Dead letters do not expire. */
  #expiryOf(content: Content, limit: number): number {
    const ttl = Math.min(content.ttl ?? NEVER, this.settings.defaultMessageTimeToLive, limit);
    return ttl === NEVER || !this.routes.bury ? Infinity : this.now + ttl;
  }

  #applyPut(put: PutOperation): void {
    const before = this.messages.get(put.sequence);
    if (before) this.#release(before);
    const message: Message = {
      sequence: put.sequence,
      content: put.content,
      state: put.state,
      failed: put.failed,
      enqueuedAt: put.enqueuedAt,
      expiresAt: put.expiresAt,
      scheduledFor: put.scheduledFor,
      deadLetterSource: put.deadLetterSource,
      taken: false,
      alarm: undefined,
      heapIndex: -1,
    };
    this.messages.set(message.sequence, message);
    this.bytes += sizeOf(message);
    if (this.#live) this.#watch(message);
  }

  #forget(sequence: number): void {
    const message = this.messages.get(sequence);
    if (!message) return;
    this.messages.delete(sequence);
    this.#release(message);
  }

  #release(message: Message): void {
    this.around.clock.cancel(message.alarm);
    this.bytes -= sizeOf(message);
    const lane = this.lanes.get(this.sessions ? (message.content.sessionId ?? '') : '');
    lane?.withdraw(message);
    if (lane) this.tidy(lane);
  }

  #watch(message: Message): void {
    const { clock } = this.around;
    if (message.state === 'scheduled') {
      message.alarm = clock.alarm(message.scheduledFor, () => this.#activate(message));
      return;
    }
    if (message.expiresAt !== Infinity) message.alarm = clock.alarm(message.expiresAt, () => this.expire(message));
    if (message.state === 'active') this.lane(message.content.sessionId).offer(message);
  }

  /** A scheduled message's time has come: it moves to the tail under a new number. */
  #activate(message: Message): void {
    if (message.taken) return;
    message.taken = true;
    const operations = this.routes.arrive(message.content, { reason: 'activated', scheduledFor: message.scheduledFor });
    operations.push({ kind: 'delete', entity: this.id, sequence: message.sequence, reason: 'activated' });
    this.around.commit(operations, (error) => {
      if (!error) return;
      message.taken = false;
      message.alarm = this.around.clock.alarm(this.now + RETRY, () => this.#activate(message));
    });
  }

  /** Makes a message available again after a moment: what failed would fail again at once. */
  offerLater(message: Message): void {
    this.around.clock.alarm(this.now + RETRY, () => this.offer(message));
  }

  /** Up to `limit` messages from a number on, in order, whatever their state; nothing changes. */
  peek(from: number, limit: number, sessionId: string | undefined): Message[] {
    const found: Message[] = [];
    for (const message of this.messages.values()) {
      if (found.length >= limit) break;
      if (message.sequence < from || message.expiresAt <= this.now) continue;
      if (sessionId === undefined || message.content.sessionId === sessionId) found.push(message);
    }
    return found;
  }

  /** Its time to live is over. */
  expire(message: Message): void {
    // A locked message is left to its receiver; `offer` asks again when the lock is gone.
    if (message.taken || this.messages.get(message.sequence) !== message) return;
    message.taken = true;
    this.lane(message.content.sessionId).withdraw(message);
    this.around.commit(settlement(this, message, { kind: 'expire' }), (error) => {
      if (!error) return;
      message.taken = false;
      message.alarm = this.around.clock.alarm(this.now + RETRY, () => this.expire(message));
    });
  }
}

function sizeOf(message: Message): number {
  return OVERHEAD + message.content.rest.length + message.content.annotations.length;
}
