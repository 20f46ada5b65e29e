import type { AmqpError } from './amqp-error';
import { type Answer, type LinkFlow, errorValue } from './frames';
import type { DeliveringLink, LinkSession } from './link-session';
import type { Attach, Disposition, Flow, Outcome } from './performatives';
import { type Encodable, described, ubyte, uint } from './value';

/** Where a link's deliveries come from. */
export interface MessageSource {
  /** There is credit (or there is some again): deliver what is available now. */
  ready(): void;
  /** The client decided about a delivery; answer through `link.settle(deliveryId, ...)`. */
  decided(deliveryId: number, outcome: Outcome): void;
  /** The client takes its credit back: call `done` when everything already taken is delivered. */
  drain(done: () => void): void;
  /** The link is gone; locks stay until they expire. */
  gone(): void;
}

/** A link on which the client receives. It waits for `accept` or `refuse`, however long. */
export class OutgoingLink implements DeliveringLink {
  readonly name: string;
  /** The peer's, and ours. */
  readonly handle: number;
  readonly address: string;
  /** Called when the link goes away before it was answered. */
  whenGone: (() => void) | undefined;
  #source: MessageSource | undefined;
  #deliveryCount = 0;
  #granted = 0;
  #detached = false;
  #answered = false;

  constructor(
    readonly session: LinkSession,
    readonly attach: Attach,
  ) {
    this.name = attach.name;
    this.handle = attach.handle;
    this.address = attach.source.address ?? '';
  }

  /** How many deliveries may be sent now. */
  get credit(): number {
    return this.#source && this.session.open ? this.#granted : 0;
  }

  /** False once either side closed it. */
  get alive(): boolean {
    return !this.#detached;
  }

  /** Opens the link. `filter` and `properties` answer a request for a session. */
  accept(source: MessageSource, filter?: Encodable, properties?: Encodable): void {
    this.#source = source;
    this.#answer(described(0x28, [this.address, null, null, null, null, null, null, filter]), properties);
    if (this.#granted > 0) source.ready();
  }

  /** Closes the link at once: the client's open fails with this error. */
  refuse(error: AmqpError): void {
    this.#answer(null);
    this.close(error);
  }

  /** Detaches the link, from our side. */
  close(error: AmqpError): void {
    if (this.#detached) return;
    this.session.send(0x16, [uint(this.handle), true, errorValue(error.condition, error.description)]);
    this.gone();
  }

  /** Sends one message, using up one credit. Returns the delivery id. */
  deliver(tag: Buffer, message: Buffer, settled: boolean): number {
    this.#granted--;
    this.#deliveryCount = (this.#deliveryCount + 1) >>> 0;
    return this.session.deliver(this, tag, message, settled);
  }

  /** Answers the client's decision about a delivery. */
  settle(deliveryId: number, answer: Answer): void {
    this.session.settle(false, deliveryId, answer);
  }

  /** Tries again to deliver, after the session's window opened. */
  ready(): void {
    if (this.credit > 0) this.#source?.ready();
  }

  flowed(flow: Flow): void {
    if (flow.linkCredit === undefined) return;
    this.#granted = Math.max(0, ((flow.deliveryCount ?? 0) + flow.linkCredit - this.#deliveryCount) | 0);
    this.ready();
    if (flow.drain && this.#source) this.#source.drain(() => this.#drained());
    else if (flow.echo) this.session.flow(this.#state(false));
  }

  disposed(deliveryId: number, disposition: Disposition): void {
    if (disposition.state) this.#source?.decided(deliveryId, disposition.state);
    else if (disposition.settled) this.#settleSilently(deliveryId);
  }

  detachedByPeer(): void {
    this.session.remove(this);
    if (!this.#answered) this.#answer(null);
    if (!this.#detached) this.session.send(0x16, [uint(this.handle), true]);
    this.gone();
  }

  gone(): void {
    this.#detached = true;
    const source = this.#source;
    this.#source = undefined;
    if (source) source.gone();
    else this.whenGone?.();
  }

  /** A settled disposition without an outcome means the client does not care: the message is released. */
  #settleSilently(deliveryId: number): void {
    this.#source?.decided(deliveryId, { kind: 'released' });
  }

  /** The client wants its unused credit back (OASIS AMQP 1.0, 2.6.7). */
  #drained(): void {
    if (this.#detached) return;
    this.#deliveryCount = (this.#deliveryCount + this.#granted) >>> 0;
    this.#granted = 0;
    this.session.flow(this.#state(true));
  }

  #state(drain: boolean): LinkFlow {
    return { handle: this.handle, deliveryCount: this.#deliveryCount, credit: this.#granted, drain };
  }

  #answer(source: Encodable, properties?: Encodable): void {
    this.#answered = true;
    const { name, sndSettleMode, rcvSettleMode, target } = this.attach;
    const answeredTarget = target.address === undefined ? null : described(0x29, [target.address]);
    const fields: Encodable[] = [
      name,
      uint(this.handle),
      false,
      ubyte(sndSettleMode),
      ubyte(rcvSettleMode),
      source,
      answeredTarget,
    ];
    fields.push(null, null, uint(0));
    if (properties) fields.push(null, null, null, properties);
    this.session.send(0x12, fields);
  }
}
