import { amqpFrame } from '#amqp/frames';
import { type Encodable, described, long, symbol, timestamp, uint } from '#amqp/value';
import { Writer } from '#amqp/writer';
import {
  accept,
  attachReceiver,
  attachSender,
  attachTo,
  authorized,
  grant,
  hitAndRun,
  message,
  request,
  transfer,
} from './raw-client';
import type { TestBroker } from './test-broker';

const BATCH = 0x80013700;
const MUTANTS_PER_CONNECTION = 4;
const AT_ONCE = 16;

/** A stream of numbers in [0, 1) that is the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Sends `count` mutated frames to the broker, a few on each connection, after a valid beginning. */
export async function fuzz(broker: TestBroker, count: number, seed: number): Promise<void> {
  const random = randomNumbers(seed);
  const prefix = Buffer.concat([
    // A token for everything: seven tokens would take longer than the mutants.
    authorized(broker, ''),
    attachSender(1, 'fuzzed'),
    attachReceiver(2, 'fuzzed'),
    attachSender(3, 'fuzzed/$management'),
    attachReceiver(4, 'fuzzed/$management'),
    attachSender(5, 'topic'),
    attachSender(6, 'sessions/$management'),
    attachSender(7, 'topic/subscriptions/s/$management'),
    grant(2, 3),
  ]);
  const frames = corpus();
  let left = Math.ceil(count / MUTANTS_PER_CONNECTION);
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const mutants = Array.from({ length: MUTANTS_PER_CONNECTION }, () => mutate(pick(frames, random), random));
      await hitAndRun(broker, Buffer.concat([prefix, ...mutants]));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function corpus(): Buffer[] {
  const properties = new Map<string, Encodable>([
    ['text', 'x'],
    ['number', long(5)],
    ['when', timestamp(1_700_000_000_000)],
  ]);
  const plain = message('id', 'body', properties);
  const batch = new Writer().value(described(0x75, plain)).value(described(0x75, plain)).finish();
  const filter: Encodable = new Map([[symbol('com.microsoft:session-filter'), 's']]);
  return [
    transfer(1, 0, plain),
    transfer(1, 0, batch, BATCH),
    transfer(5, 0, plain),
    ...requests(plain).map(([handle, payload]) => transfer(handle, 0, payload)),
    attachSender(8, 'fuzzed'),
    attachReceiver(9, 'fuzzed', undefined, true),
    attachReceiver(10, 'sessions', filter),
    attachReceiver(11, 'sessions', new Map([[symbol('com.microsoft:session-filter'), null]])),
    attachReceiver(12, 'topic/Subscriptions/s'),
    attachReceiver(13, 'fuzzed/$DeadLetterQueue'),
    attachTo(14, described(0x30, [symbol('amqp:local-transactions')])),
    grant(2, 100),
    accept(0, 2),
    amqpFrame(0, 0x15, [true, uint(0), null, false, described(0x27, [true, false, new Map([[symbol('a'), 'b']])])]),
    amqpFrame(0, 0x15, [
      true,
      uint(1),
      null,
      false,
      described(0x25, [described(0x1d, [symbol('com.microsoft:dead-letter'), null])]),
    ]),
    amqpFrame(0, 0x16, [uint(2), true]),
    amqpFrame(1, 0x11, [null, uint(0), uint(2_048), uint(2_048)]),
    amqpFrame(0, 0x17, []),
    amqpFrame(0, 0x18, []),
  ];
}

/** A request of every management operation: the handle of its link, and the message. */
function requests(plain: Buffer): [number, Buffer][] {
  const sequences: Encodable = { type: 'array', of: 'long', values: [1, 2] };
  const tokens: Encodable = { type: 'array', of: 'uuid', values: [Buffer.alloc(16, 1)] };
  const rule = new Map<string, Encodable>([
    ['sql-filter', new Map([['expression', "a > 5 AND b LIKE '%x_' OR NOT (c IN (1, 2))"]])],
    ['sql-rule-action', new Map([['expression', 'SET a = 1; REMOVE b']])],
  ]);
  const bodies: [number, string, Record<string, Encodable>][] = [
    [3, 'peek-message', { 'from-sequence-number': long(0), 'message-count': uint(10) }],
    [
      3,
      'schedule-message',
      {
        messages: [
          new Map<string, Encodable>([
            ['message-id', 'x'],
            ['message', plain],
          ]),
        ],
      },
    ],
    [3, 'cancel-scheduled-message', { 'sequence-numbers': sequences }],
    [3, 'receive-by-sequence-number', { 'sequence-numbers': sequences, 'receiver-settle-mode': uint(1) }],
    [3, 'renew-lock', { 'lock-tokens': tokens }],
    [
      3,
      'update-disposition',
      { 'lock-tokens': tokens, 'disposition-status': 'abandoned', 'properties-to-modify': new Map([['a', 'b']]) },
    ],
    [6, 'set-session-state', { 'session-id': 's', 'session-state': Buffer.from('state') }],
    [6, 'get-message-sessions', { skip: uint(0), top: uint(10), 'last-updated-time': timestamp(0) }],
    [7, 'add-rule', { 'rule-name': 'r', 'rule-description': rule }],
    [7, 'enumerate-rules', { skip: uint(0), top: uint(10) }],
  ];
  return bodies.map(([handle, operation, body]) => [handle, request(operation, body)]);
}

/** Changes a frame: bytes, bits, lengths, pieces. In most cases its size is corrected, so that its content is read. */
function mutate(frame: Buffer, random: () => number): Buffer {
  let mutant: Buffer = Buffer.from(frame);
  const changes = 1 + Math.floor(random() * 4);
  for (let i = 0; i < changes; i++) mutant = pick(MUTATIONS, random)(mutant, random);
  if (mutant.length >= 8 && random() < 0.9) mutant.writeUInt32BE(mutant.length, 0);
  return mutant;
}

type Mutation = (frame: Buffer, random: () => number) => Buffer;

const MUTATIONS: readonly Mutation[] = [
  (frame, random) => changed(frame, at(frame, random), (byte) => byte ^ (1 << Math.floor(random() * 8))),
  (frame, random) => changed(frame, at(frame, random), () => Math.floor(random() * 256)),
  (frame, random) => changed(frame, at(frame, random), () => pick([0, 1, 0x7f, 0x80, 0xff], random)),
  (frame, random) => changed(frame, at(frame, random), () => pick(TYPE_CODES, random)),
  (frame, random) => frame.subarray(0, Math.max(8, at(frame, random))),
  (frame, random) => {
    const from = at(frame, random);
    return Buffer.concat([frame.subarray(0, from), frame.subarray(from, from + 16), frame.subarray(from)]);
  },
];

const TYPE_CODES = [
  0x00, 0x40, 0x43, 0x45, 0x52, 0x53, 0x70, 0x71, 0x80, 0x81, 0x82, 0x83, 0x98, 0xa0, 0xa1, 0xa3, 0xb0, 0xc0, 0xc1,
  0xd0, 0xd1, 0xf0,
];

/** A place behind the frame's header. */
function at(frame: Buffer, random: () => number): number {
  return Math.min(frame.length - 1, 8 + Math.floor(random() * (frame.length - 8)));
}

function changed(frame: Buffer, index: number, change: (byte: number) => number): Buffer {
  frame[index] = change(frame[index] ?? 0);
  return frame;
}

function pick<T>(values: readonly T[], random: () => number): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
}
