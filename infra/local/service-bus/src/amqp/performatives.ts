import { AmqpError } from './amqp-error';
import { AmqpMap, type Decoded, Described } from './value';

/** A terminus as far as the broker reads it: the address, and of a source its filters. */
interface Terminus {
  address: string | undefined;
  filter: AmqpMap | undefined;
}

export interface Open {
  kind: 'open';
  maxFrameSize: number;
  idleTimeOut: number;
}
export interface Begin {
  kind: 'begin';
  nextOutgoingId: number;
  incomingWindow: number;
}
export interface Attach {
  kind: 'attach';
  name: string;
  handle: number;
  /** What the peer is: true when it receives and we send. */
  receives: boolean;
  sndSettleMode: number;
  rcvSettleMode: number;
  source: Terminus;
  target: Terminus;
  /** True when the target is a transaction coordinator. */
  transactional: boolean;
  initialDeliveryCount: number;
  properties: AmqpMap | undefined;
}
export interface Flow {
  kind: 'flow';
  nextIncomingId: number | undefined;
  incomingWindow: number;
  handle: number | undefined;
  deliveryCount: number | undefined;
  linkCredit: number | undefined;
  drain: boolean;
  echo: boolean;
}
export interface Transfer {
  kind: 'transfer';
  handle: number;
  deliveryId: number | undefined;
  messageFormat: number;
  settled: boolean;
  more: boolean;
  aborted: boolean;
}
export interface Disposition {
  kind: 'disposition';
  /** True when the peer is the receiver of these deliveries. */
  receives: boolean;
  first: number;
  last: number;
  settled: boolean;
  state: Outcome | undefined;
}
interface Detach {
  kind: 'detach';
  handle: number;
}
export interface End {
  kind: 'end';
}
export interface Close {
  kind: 'close';
}
export type Performative = Open | Begin | Attach | Flow | Transfer | Disposition | Detach | End | Close;

const COORDINATOR = 0x30;
const TRANSACTIONAL_STATE = 0x34;

/** What a receiver decided about a delivery (OASIS AMQP 1.0, 3.4). `received` is not an outcome and is read as undefined. */
export type Outcome =
  | { kind: 'accepted' }
  | { kind: 'released' }
  | { kind: 'rejected'; condition: string | undefined; description: string | undefined; info: AmqpMap | undefined }
  | { kind: 'modified'; undeliverableHere: boolean; annotations: AmqpMap | undefined };

const readers: Record<number, (fields: Fields) => Performative> = {
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

/** Turns a decoded frame body into a performative. Throws AmqpError when it is none, or a field has the wrong type. */
export function performative(value: Decoded): Performative {
  if (!(value instanceof Described)) throw new AmqpError('amqp:decode-error', 'a frame holds no performative');
  const read = typeof value.descriptor === 'number' ? readers[value.descriptor] : undefined;
  if (!read) throw new AmqpError('amqp:decode-error', 'a frame holds an unknown performative');
  return read(new Fields(value.value));
}

function terminus(value: Decoded, filterAt: number | undefined): Terminus {
  if (value === null || codeOf(value) === COORDINATOR) return { address: undefined, filter: undefined };
  if (!(value instanceof Described)) throw new AmqpError('amqp:decode-error', 'a source or target is malformed');
  const fields = new Fields(value.value);
  return { address: fields.string(0), filter: filterAt === undefined ? undefined : fields.map(filterAt) };
}

const outcomes = new Map<Decoded, (fields: Fields) => Outcome | undefined>([
  [0x23, () => undefined],
  [0x24, () => ({ kind: 'accepted' })],
  [0x25, (fields) => rejected(fields.at(0))],
  [0x26, () => ({ kind: 'released' })],
  [0x27, (fields) => ({ kind: 'modified', undeliverableHere: fields.boolean(1), annotations: fields.map(2) })],
]);

function outcome(value: Decoded): Outcome | undefined {
  if (!(value instanceof Described)) return undefined;
  refuseTransaction(value);
  const read = outcomes.get(value.descriptor);
  if (!read) throw new AmqpError('amqp:not-implemented', 'the outcome of a delivery is unknown');
  return read(new Fields(value.value));
}

/** Whoever takes part in a transaction would wait for its end for ever. */
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
