import { AmqpError, tooLarge } from './amqp-error';
import { Assembly } from './assembly';
import { type Answer, errorValue } from './frames';
import type { LinkSession } from './link-session';
import type { Attach, Flow, Transfer } from './performatives';
import { described, ubyte, uint, ulong } from './value';

/** What is done with the messages a client sends on a link. */
export interface MessageSink {
  /** Called for every whole message; answer it through `link.settle(deliveryId, ...)` unless it came settled. */
  message(delivery: { deliveryId: number; format: number; payload: Buffer; settled: boolean }): void;
}

interface UnfinishedDelivery {
  readonly deliveryId: number;
  readonly format: number;
  settled: boolean;
  /** Only when it comes in several frames. */
  assembly: Assembly | undefined;
}

const CREDIT = 1000;

/** A link on which the client sends. It waits for `accept` or `refuse`; then it keeps the client's credit plentiful. */
export class IncomingLink {
  readonly #attach: Attach;
  readonly name: string;
  /** The peer's, and ours. */
  readonly handle: number;
  readonly address: string;
  #sink: MessageSink | undefined;
  #maxMessageSize = 0;
  #deliveryCount: number;
  #credit = 0;
  #delivery: UnfinishedDelivery | undefined;
  #detached = false;

  constructor(
    readonly session: LinkSession,
    attach: Attach,
  ) {
    this.#attach = attach;
    this.name = attach.name;
    this.handle = attach.handle;
    this.address = attach.target.address ?? '';
    this.#deliveryCount = attach.initialDeliveryCount;
  }

  /** Opens the link for messages of up to `maxMessageSize` bytes. */
  accept(maxMessageSize: number, sink: MessageSink): void {
    this.#sink = sink;
    this.#maxMessageSize = maxMessageSize;
    this.#answer(this.address);
    this.#grant();
  }

  /** Closes the link at once: the client's open fails with this error. */
  refuse(error: AmqpError): void {
    this.#answer(null);
    this.close(error);
  }

  /** Detaches the link, from our side. */
  close(error: AmqpError): void {
    if (this.#detached) return;
    this.#detached = true;
    this.#sink = undefined;
    this.session.send(0x16, [uint(this.handle), true, errorValue(error.condition, error.description)]);
  }

  /** Answers one delivery for good. */
  settle(deliveryId: number, answer: Answer): void {
    this.session.settle(true, deliveryId, answer);
  }

  transferred(transfer: Transfer, payload: Buffer): void {
    if (!this.#sink) return;
    const delivery = this.#delivery ?? this.#begin(transfer);
    delivery.settled ||= transfer.settled;
    const single = !delivery.assembly && !transfer.more && payload.length <= this.#maxMessageSize;
    if (!single) {
      delivery.assembly ??= new Assembly(this.#maxMessageSize, (bytes) => this.session.hold(bytes));
      delivery.assembly.add(payload);
    }
    this.#delivery = transfer.more && !transfer.aborted ? delivery : undefined;
    if (transfer.more && !transfer.aborted) return;
    if (!transfer.aborted) this.#arrived(delivery, single ? payload : delivery.assembly);
    delivery.assembly?.release();
  }

  flowed(flow: Flow): void {
    if (flow.echo && this.#sink) this.#grant();
  }

  detachedByPeer(): void {
    this.session.remove(this);
    this.gone();
    if (!this.#detached) this.session.send(0x16, [uint(this.handle), true]);
    this.#detached = true;
  }

  gone(): void {
    this.#sink = undefined;
    this.#delivery?.assembly?.release();
    this.#delivery = undefined;
  }

  #begin(transfer: Transfer): UnfinishedDelivery {
    if (transfer.deliveryId === undefined) throw new AmqpError('amqp:invalid-field', 'a delivery has no id');
    if (this.#credit <= 0) throw new AmqpError('amqp:link:transfer-limit-exceeded', 'a transfer came without credit');
    const { deliveryId, messageFormat: format, settled } = transfer;
    return { deliveryId, format, settled, assembly: undefined };
  }

  #arrived({ deliveryId, format, settled }: UnfinishedDelivery, message: Buffer | Assembly | undefined): void {
    this.#deliveryCount = (this.#deliveryCount + 1) >>> 0;
    this.#credit--;
    if (message instanceof Assembly && message.tooLarge) {
      if (!settled) this.settle(deliveryId, tooLarge(this.#maxMessageSize));
    } else if (message) {
      const payload = message instanceof Assembly ? message.whole() : message;
      this.#sink?.message({ deliveryId, format, payload, settled });
    }
    if (this.#credit < CREDIT / 2 && this.#sink) this.#grant();
  }

  #grant(): void {
    this.#credit = CREDIT;
    this.session.flow({ handle: this.handle, deliveryCount: this.#deliveryCount, credit: CREDIT, drain: false });
  }

  #answer(address: string | null): void {
    const { name, handle, sndSettleMode, rcvSettleMode, source } = this.#attach;
    this.session.send(0x12, [
      name,
      uint(handle),
      true,
      ubyte(sndSettleMode),
      ubyte(rcvSettleMode),
      described(0x28, [source.address]),
      address === null ? null : described(0x29, [address]),
      null,
      null,
      null,
      ulong(this.#maxMessageSize),
    ]);
  }
}
