import { AmqpError } from './amqp-error';
import { AmqpMap, type Decoded, Described } from './value';

/** A terminus as far as the broker reads it: the address, and of a source its filters. */
interface Terminus {
  readonly address: string | undefined;
  readonly filter: AmqpMap | undefined;
}

export interface Open {
  readonly kind: 'open';
  readonly maxFrameSize: number;
  readonly idleTimeOut: number;
}
export interface Begin {
  readonly kind: 'begin';
  readonly nextOutgoingId: number;
  readonly incomingWindow: number;
}
export interface Attach {
  readonly kind: 'attach';
  readonly name: string;
  readonly handle: number;
  /** What the peer is: true when it receives and we send. */
  readonly receives: boolean;
  readonly sndSettleMode: number;
  readonly rcvSettleMode: number;
  readonly source: Terminus;
  readonly target: Terminus;
  /** True when the target is a transaction coordinator. */
  readonly transactional: boolean;
  readonly initialDeliveryCount: number;
  readonly properties: AmqpMap | undefined;
}
export interface Flow {
  readonly kind: 'flow';
  readonly nextIncomingId: number | undefined;
  readonly incomingWindow: number;
  readonly handle: number | undefined;
  readonly deliveryCount: number | undefined;
  readonly linkCredit: number | undefined;
  readonly drain: boolean;
  readonly echo: boolean;
}
export interface Transfer {
  readonly kind: 'transfer';
  readonly handle: number;
  readonly deliveryId: number | undefined;
  readonly messageFormat: number;
  readonly settled: boolean;
  readonly more: boolean;
  readonly aborted: boolean;
}
export interface Disposition {
  readonly kind: 'disposition';
  /** True when the peer is the receiver of these deliveries. */
  readonly receives: boolean;
  readonly first: number;
  readonly last: number;
  readonly settled: boolean;
  readonly state: Outcome | undefined;
}
interface Detach {
  readonly kind: 'detach';
  readonly handle: number;
}
export interface End {
  readonly kind: 'end';
}
export interface Close {
  readonly kind: 'close';
}
export type Performative = Open | Begin | Attach | Flow | Transfer | Disposition | Detach | End | Close;

const COORDINATOR = 0x30;
const TRANSACTIONAL_STATE = 0x34;

/** What a receiver decided about a delivery (OASIS AMQP 1.0, 3.4). `received` is not an outcome and is read as undefined. */
export type Outcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'released' }
  | {
      readonly kind: 'rejected';
      readonly condition: string | undefined;
      readonly description: string | undefined;
      readonly info: AmqpMap | undefined;
    }
  | { readonly kind: 'modified'; readonly undeliverableHere: boolean; readonly annotations: AmqpMap | undefined };

const READERS: Record<number, (fields: Fields) => Performative> = {
  0x10: (f) => ({
    kind: 'open',
    maxFrameSize: f.uint(2) ?? 0xffffffff,
    idleTimeOut: f.uint(4) ?? 0,
  }),
  0x11: (f) => ({ kind: 'begin', nextOutgoingId: f.must(1), incomingWindow: f.must(2) }),
  0x12: (f) => ({
    kind: 'attach',
    name: f.string(0) ?? '',
    handle: f.must(1),
    receives: f.boolean(2),
    sndSettleMode: f.uint(3) ?? 2,
    rcvSettleMode: f.uint(4) ?? 0,
    source: terminus(f.at(5), 7),
    target: terminus(f.at(6), undefined),
    transactional: codeOf(f.at(6)) === COORDINATOR,
    initialDeliveryCount: f.uint(9) ?? 0,
    properties: f.map(13),
  }),
  0x13: (f) => ({
    kind: 'flow',
    nextIncomingId: f.uint(0),
    incomingWindow: f.must(1),
    handle: f.uint(4),
    deliveryCount: f.uint(5),
    linkCredit: f.uint(6),
    drain: f.boolean(8),
    echo: f.boolean(9),
  }),
  0x14: (f) => {
    refuseTransaction(f.at(7));
    return {
      kind: 'transfer',
      handle: f.must(0),
      deliveryId: f.uint(1),
      messageFormat: f.uint(3) ?? 0,
      settled: f.boolean(4),
      more: f.boolean(5),
      aborted: f.boolean(9),
    };
  },
  0x15: (f) => ({
    kind: 'disposition',
    receives: f.boolean(0),
    first: f.must(1),
    last: f.uint(2) ?? f.must(1),
    settled: f.boolean(3),
    state: outcome(f.at(4)),
  }),
  0x16: (f) => ({ kind: 'detach', handle: f.must(0) }),
  0x17: () => ({ kind: 'end' }),
  0x18: () => ({ kind: 'close' }),
};

/** Turns a decoded frame body into a performative. Throws AmqpError when it is not one, or a field has the wrong type. */
export function performative(value: Decoded): Performative {
  if (!(value instanceof Described)) throw new AmqpError('amqp:decode-error', 'a frame holds no performative');
  const read = typeof value.descriptor === 'number' ? READERS[value.descriptor] : undefined;
  if (!read) throw new AmqpError('amqp:decode-error', 'a frame holds an unknown performative');
  return read(new Fields(value.value));
}

function terminus(value: Decoded, filterAt: number | undefined): Terminus {
  if (value === null || codeOf(value) === COORDINATOR) return { address: undefined, filter: undefined };
  if (!(value instanceof Described)) throw new AmqpError('amqp:decode-error', 'a source or target is malformed');
  const fields = new Fields(value.value);
  return { address: fields.string(0), filter: filterAt === undefined ? undefined : fields.map(filterAt) };
}

const OUTCOMES = new Map<Decoded, (fields: Fields) => Outcome | undefined>([
  [0x23, () => undefined],
  [0x24, () => ({ kind: 'accepted' })],
  [0x25, (fields) => rejected(fields.at(0))],
  [0x26, () => ({ kind: 'released' })],
  [0x27, (fields) => ({ kind: 'modified', undeliverableHere: fields.boolean(1), annotations: fields.map(2) })],
]);

function outcome(value: Decoded): Outcome | undefined {
  if (!(value instanceof Described)) return undefined;
  refuseTransaction(value);
  const read = OUTCOMES.get(value.descriptor);
  if (!read) throw new AmqpError('amqp:not-implemented', 'the outcome of a delivery is unknown');
  return read(new Fields(value.value));
}

/** A client that took part in a transaction would wait forever for its end. */
function refuseTransaction(state: Decoded): void {
  if (codeOf(state) === TRANSACTIONAL_STATE) throw noTransactions();
}

/** The error for everything transactional. */
export function noTransactions(): AmqpError {
  return new AmqpError('amqp:not-implemented', 'transactions are not supported');
}

function codeOf(value: Decoded): Decoded {
  return value instanceof Described ? value.descriptor : null;
}

function rejected(error: Decoded): Outcome {
  const fields = new Fields(error instanceof Described ? error.value : []);
  return { kind: 'rejected', condition: fields.string(0), description: fields.string(1), info: fields.map(2) };
}

/** The fields of a composite, read by position: absent and null are undefined, a wrong type is an error. */
class Fields {
  readonly #list: Decoded[];

  constructor(value: Decoded) {
    if (!Array.isArray(value)) throw new AmqpError('amqp:decode-error', 'a composite value is not a list');
    this.#list = value;
  }

  at(index: number): Decoded {
    return this.#list[index] ?? null;
  }

  must(index: number): number {
    const value = this.uint(index);
    if (value === undefined) throw new AmqpError('amqp:invalid-field', 'a mandatory field is missing');
    return value;
  }

  uint(index: number): number | undefined {
    const value = this.at(index);
    if (value === null) return undefined;
    if (typeof value !== 'number' || value < 0 || value > 0xffffffff || !Number.isInteger(value)) throw wrong(index);
    return value;
  }

  boolean(index: number): boolean {
    const value = this.at(index);
    if (value !== null && typeof value !== 'boolean') throw wrong(index);
    return value === true;
  }

  string(index: number): string | undefined {
    const value = this.at(index);
    if (value !== null && typeof value !== 'string') throw wrong(index);
    return value ?? undefined;
  }

  map(index: number): AmqpMap | undefined {
    const value = this.at(index);
    if (value !== null && !(value instanceof AmqpMap)) throw wrong(index);
    return value ?? undefined;
  }
}

function wrong(index: number): AmqpError {
  return new AmqpError('amqp:invalid-field', `field ${index} has the wrong type`);
}
