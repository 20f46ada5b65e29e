import type { Answer, LinkFlow } from './frames';
import type { Disposition } from './performatives';
import type { Encodable } from './value';

/** A link that sends deliveries and learns what becomes of them. */
export interface DeliveringLink {
  readonly handle: number;
  /** The peer's answer about one of its deliveries. */
  disposed(deliveryId: number, disposition: Disposition): void;
}

/** What a link needs of the session it belongs to. */
export interface LinkSession {
  /** True while the peer takes transfers at once. */
  readonly open: boolean;
  /** Sends a performative. */
  send(code: number, fields: readonly Encodable[]): void;
  flow(link: LinkFlow): void;
  /** Sends one delivery. Returns its delivery id. */
  deliver(link: DeliveringLink, tag: Buffer, message: Buffer, settled: boolean): number;
  /** Answers a delivery for good; `receiver` says whether we received it or sent it. */
  settle(receiver: boolean, deliveryId: number, answer: Answer): void;
  /** Forgets a link that is gone. */
  remove(link: { readonly handle: number }): void;
  /** Counts bytes of messages that come in several frames; negative when they are done. Throws AmqpError above the limit. */
  hold(bytes: number): void;
}
