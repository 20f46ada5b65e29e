import { AmqpError } from '#amqp/amqp-error';
import type { MessageSource, OutgoingLink } from '#amqp/outgoing-link';
import type { Outcome } from '#amqp/performatives';
import type { AmqpMap } from '#amqp/value';
import { encodedPairs } from '#messages/content';
import { encodeDelivery } from '#messages/delivery';
import type { Consumer, Lane } from '#queues/lane';
import type { Lock } from '#queues/locks';
import type { Message } from '#queues/message';
import type { Queue } from '#queues/queue';
import type { SessionLock } from '#queues/sessions';
import type { Changes, Decision } from '#queues/settlement';

/** A client that never settles gets no more than this on one link. */
const MAX_UNSETTLED = 5_000;
/** Messages taken for good that one link may have under way to it at a time. */
const MAX_LEAVING = 100;
const REASON = 'DeadLetterReason';
const DESCRIPTION = 'DeadLetterErrorDescription';

/** A receiver link at work: it takes messages from a lane, under locks (peek-lock) or for good (receive-and-delete). */
export class Receiver implements Consumer, MessageSource {
  readonly #link: OutgoingLink;
  readonly #queue: Queue;
  readonly #lane: Lane;
  readonly #session: SessionLock | undefined;
  readonly #locks = new Map<number, Lock>();
  /** Messages taken for good whose removal is being written. */
  #leaving = 0;
  #afterLeaving: (() => void)[] = [];
  #open = true;

  constructor(link: OutgoingLink, queue: Queue, lane: Lane, session?: SessionLock) {
    this.#link = link;
    this.#queue = queue;
    this.#lane = lane;
    this.#session = session;
  }

  get credit(): number {
    return Math.min(this.#link.credit - this.#leaving, MAX_UNSETTLED - this.#locks.size, MAX_LEAVING - this.#leaving);
  }

  take(message: Message): void {
    // A sender settle mode of 1 (settled) is how the SDK asks for receive-and-delete.
    if (this.#link.attach.sndSettleMode === 1) this.#takeForGood(message);
    else this.#takeUnderLock(message);
  }

  ready(): void {
    this.#lane.pump();
  }

  decided(deliveryId: number, outcome: Outcome): void {
    const lock = this.#locks.get(deliveryId);
    const answer = (error: AmqpError | undefined): void => {
      const full = this.#locks.size >= MAX_UNSETTLED;
      if (!error) this.#locks.delete(deliveryId);
      this.#queue.around.faults.acknowledge(() => this.#link.settle(deliveryId, error ?? 'accepted'));
      if (full) this.ready();
    };
    if (!lock) return answer(this.#queue.locks.lost());
    this.#queue.locks.settle(lock, decisionOf(outcome), answer);
  }

  queueDeleted(): void {
    this.#link.close(new AmqpError('amqp:not-found', `The messaging entity '${this.#link.address}' was deleted.`));
  }

  drain(done: () => void): void {
    if (this.#leaving === 0) done();
    else this.#afterLeaving.push(done);
  }

  gone(): void {
    this.#open = false;
    this.#lane.remove(this);
    this.#locks.clear();
    // A session is free as soon as its receiver is gone; locks outside of sessions stay until they expire.
    if (this.#session) this.#queue.sessions?.release(this.#session);
  }

  #takeUnderLock(message: Message): void {
    const lock = this.#queue.locks.take(message, this.#session);
    const deliveryId = this.#link.deliver(lock.token, encodeDelivery(message, lock.until), false);
    this.#locks.set(deliveryId, lock);
  }

  #takeForGood(message: Message): void {
    message.taken = true;
    this.#leaving++;
    const removal = { kind: 'delete', entity: this.#queue.id, sequence: message.sequence, reason: 'received' } as const;
    this.#queue.around.commit([removal], (error) => {
      this.#leaving--;
      if (error) this.#queue.offerLater(message);
      else if (this.#open)
        this.#link.deliver(Buffer.from(`${message.sequence}`), encodeDelivery(message, undefined), true);
      if (this.#leaving > 0) return;
      this.ready();
      if (this.#leaving === 0) for (const done of this.#afterLeaving.splice(0)) done();
    });
  }
}

function decisionOf(outcome: Outcome): Decision {
  switch (outcome.kind) {
    case 'accepted':
      return { kind: 'complete' };
    case 'released':
      return { kind: 'abandon', changes: new Map() };
    case 'modified':
      return { kind: outcome.undeliverableHere ? 'defer' : 'abandon', changes: changesOf(outcome.annotations) };
    case 'rejected': {
      const changes = new Map(changesOf(outcome.info));
      const reason = textOf(outcome.info, REASON) ?? outcome.condition;
      const description = textOf(outcome.info, DESCRIPTION) ?? outcome.description;
      changes.delete(REASON);
      changes.delete(DESCRIPTION);
      return { kind: 'dead-letter', reason, description, changes };
    }
  }
}

function changesOf(map: AmqpMap | undefined): Changes {
  return new Map(map ? encodedPairs(map.pairs).map(([name, value]) => [name, Buffer.from(value)]) : []);
}

function textOf(map: AmqpMap | undefined, name: string): string | undefined {
  const value = map?.get(name);
  return typeof value === 'string' ? value : undefined;
}
