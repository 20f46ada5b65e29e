import { AmqpError } from './amqp-error';
import {
  type Answer,
  type LinkFlow,
  TRANSFER_OVERHEAD,
  amqpFrame,
  dispositionFrame,
  flowFields,
  transferFrame,
} from './frames';
import { IncomingLink } from './incoming-link';
import type { DeliveringLink, LinkSession } from './link-session';
import { OutgoingLink } from './outgoing-link';
import {
  type Attach,
  type Begin,
  type Close,
  type Disposition,
  type End,
  type Flow,
  type Open,
  type Performative,
  type Transfer,
  noTransactions,
} from './performatives';
import { type Encodable, uint, ushort } from './value';

const WINDOW = 0x7fffffff;
const MAX_HANDLE = 1023;

export type Link = IncomingLink | OutgoingLink;
type SessionPerformative = Exclude<Performative, Open | Begin | End | Close>;

/** What a session needs of its connection. */
export interface SessionConnection {
  /** The largest frame we may send, bytes. */
  readonly maxFrameSize: number;
  /** True while the peer does not read what it was sent. */
  readonly congested: boolean;
  write(...buffers: Buffer[]): void;
  /** Counts bytes of messages that come in several frames; negative when they are done. Throws AmqpError above the limit. */
  hold(bytes: number): void;
  /** A link wants to be accepted or refused. */
  linkAttached(link: Link): void;
  /** The peer ended the session on a channel. */
  sessionEnded(channel: number): void;
}

/** One AMQP session: numbering of transfers and deliveries, the peer's window, and its links by handle. */
export class Session implements LinkSession {
  readonly #connection: SessionConnection;
  readonly #channel: number;
  readonly #links = new Map<number, Link>();
  readonly #unsettled = new Map<number, DeliveringLink>();
  readonly #waiting: { frame: Buffer; payload: Buffer }[] = [];
  #nextIncomingId: number;
  #nextOutgoingId = 0;
  #nextDeliveryId = 0;
  #remoteWindow: number;
  #pending: { receiver: boolean; first: number; last: number } | undefined;

  constructor(connection: SessionConnection, channel: number, begin: Begin) {
    this.#connection = connection;
    this.#channel = channel;
    this.#nextIncomingId = begin.nextOutgoingId;
    this.#remoteWindow = begin.incomingWindow;
    this.send(0x11, [ushort(channel), uint(0), uint(WINDOW), uint(WINDOW), uint(MAX_HANDLE)]);
  }

  /** How many links are attached. */
  get size(): number {
    return this.#links.size;
  }

  /** True while the peer takes transfers at once; deliveries wait in their queue otherwise. */
  get open(): boolean {
    return this.#waiting.length === 0 && this.#remoteWindow > 0 && !this.#connection.congested;
  }

  /** Tries again to deliver, after the peer made room: what keeps the session back keeps every link back. */
  ready(): void {
    for (const link of this.#links.values()) if (link instanceof OutgoingLink) link.ready();
  }

  /** Handles a performative of this session; `payload` is what follows it in its frame. */
  received(message: SessionPerformative, payload: Buffer): void {
    switch (message.kind) {
      case 'attach':
        return this.#attached(message);
      case 'flow':
        return this.#flowed(message);
      case 'transfer':
        return this.#transferred(message, payload);
      case 'disposition':
        return this.#disposed(message);
      case 'detach':
        return this.#link(message.handle).detachedByPeer();
    }
  }

  /** Sends a performative on this session's channel. */
  send(code: number, fields: readonly Encodable[]): void {
    this.#settleNow();
    this.#connection.write(amqpFrame(this.#channel, code, fields));
  }

  /** Sends a link's flow, or the session's alone. */
  flow(link?: LinkFlow): void {
    const ids = { nextIncomingId: this.#nextIncomingId >>> 0, nextOutgoingId: this.#nextOutgoingId >>> 0 };
    this.send(0x13, flowFields({ ...ids, incomingWindow: WINDOW, outgoingWindow: WINDOW }, link));
  }

  /** Sends one delivery, in as many frames as it needs. Returns its delivery id. */
  deliver(link: DeliveringLink, tag: Buffer, message: Buffer, settled: boolean): number {
    const deliveryId = this.#nextDeliveryId;
    this.#nextDeliveryId = (deliveryId + 1) >>> 0;
    if (!settled) this.#unsettled.set(deliveryId, link);
    const room = this.#connection.maxFrameSize - TRANSFER_OVERHEAD;
    for (let at = 0; at === 0 || at < message.length; at += room) {
      const payload = message.subarray(at, at + room);
      const more = at + room < message.length;
      const frame = transferFrame(
        this.#channel,
        { handle: link.handle, deliveryId, tag, settled, more },
        payload.length,
      );
      this.#waiting.push({ frame, payload });
    }
    this.#transmit();
    return deliveryId;
  }

  /** Answers a delivery for good. Equal answers about neighbours in one tick leave as one range. */
  settle(receiver: boolean, deliveryId: number, answer: Answer): void {
    if (!receiver) this.#unsettled.delete(deliveryId);
    if (answer !== 'accepted') {
      this.#settleNow();
      this.#connection.write(dispositionFrame(this.#channel, receiver, deliveryId, deliveryId, answer));
      return;
    }
    const pending = this.#pending;
    if (pending && pending.receiver === receiver && deliveryId === pending.last + 1) {
      pending.last = deliveryId;
      return;
    }
    this.#settleNow();
    this.#pending = { receiver, first: deliveryId, last: deliveryId };
    process.nextTick(() => this.#settleNow());
  }

  /** Forgets a link that is gone. Deliveries it left unsettled keep their locks. */
  remove(link: { readonly handle: number }): void {
    this.#links.delete(link.handle);
    for (const [id, owner] of this.#unsettled) if (owner === link) this.#unsettled.delete(id);
  }

  hold(bytes: number): void {
    this.#connection.hold(bytes);
  }

  /** The peer ended the session. */
  endedByPeer(): void {
    this.end();
    this.send(0x17, []);
    this.#connection.sessionEnded(this.#channel);
  }

  /** Lets go of all links, as the end of session or connection does. */
  end(): void {
    for (const link of this.#links.values()) link.gone();
    this.#links.clear();
    this.#unsettled.clear();
    this.#waiting.length = 0;
  }

  #settleNow(): void {
    const pending = this.#pending;
    if (!pending) return;
    this.#pending = undefined;
    this.#connection.write(dispositionFrame(this.#channel, pending.receiver, pending.first, pending.last, 'accepted'));
  }

  #attached(attach: Attach): void {
    if (attach.handle > MAX_HANDLE)
      throw new AmqpError('amqp:not-allowed', `handle ${attach.handle} is above ${MAX_HANDLE}`);
    if (this.#links.has(attach.handle))
      throw new AmqpError('amqp:session:handle-in-use', `handle ${attach.handle} is in use`);
    const link = attach.receives ? new OutgoingLink(this, attach) : new IncomingLink(this, attach);
    this.#links.set(attach.handle, link);
    if (attach.transactional) return link.refuse(noTransactions());
    this.#connection.linkAttached(link);
  }

  #flowed(flow: Flow): void {
    const wasOpen = this.open;
    const expected = flow.nextIncomingId ?? 0;
    this.#remoteWindow = Math.max(0, flow.incomingWindow - ((this.#nextOutgoingId - expected) | 0));
    this.#transmit();
    if (flow.handle !== undefined) this.#link(flow.handle).flowed(flow);
    else if (flow.echo) this.flow();
    if (!wasOpen && this.open) this.ready();
  }

  #transferred(transfer: Transfer, payload: Buffer): void {
    this.#nextIncomingId = (this.#nextIncomingId + 1) >>> 0;
    const link = this.#link(transfer.handle);
    if (!(link instanceof IncomingLink)) throw new AmqpError('amqp:not-allowed', 'a transfer came on a receiving link');
    link.transferred(transfer, payload);
  }

  /** Only deliveries we still wait for count; those that are settled already cost nothing. */
  #disposed(disposition: Disposition): void {
    if (!disposition.receives) return;
    const { first, last } = disposition;
    if (last < first || last >= this.#nextDeliveryId)
      throw new AmqpError('amqp:illegal-state', `the deliveries ${first} to ${last} were never made`);
    if (last - first <= this.#unsettled.size) {
      for (let id = first; id <= last; id++) this.#unsettled.get(id)?.disposed(id, disposition);
    } else {
      const ids = [...this.#unsettled.keys()].filter((id) => id >= first && id <= last);
      for (const id of ids) this.#unsettled.get(id)?.disposed(id, disposition);
    }
  }

  #transmit(): void {
    if (this.#waiting.length === 0) return;
    this.#settleNow();
    let sent = 0;
    for (const { frame, payload } of this.#waiting) {
      if (this.#remoteWindow === 0) break;
      this.#connection.write(frame, payload);
      this.#remoteWindow--;
      this.#nextOutgoingId = (this.#nextOutgoingId + 1) >>> 0;
      sent++;
    }
    this.#waiting.splice(0, sent);
  }

  #link(handle: number): Link {
    const link = this.#links.get(handle);
    if (!link) throw new AmqpError('amqp:session:unattached-handle', `handle ${handle} is not attached`);
    return link;
  }
}
