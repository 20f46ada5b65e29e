import { encodeContent, parseMessage } from '#messages/content';
import { MESSAGE_STATES, type MessageState, type StoredMessage } from '#messages/stored-message';

/** Why a message came into an entity; the totals of `/counts` are made of these. */
const ARRIVALS = ['sent', 'scheduled', 'activated', 'dead-lettered', 'forwarded', 'rewritten', 'kept'] as const;
export type ArrivalReason = (typeof ARRIVALS)[number];

/** Why a message left an entity. */
const DEPARTURES = [
  'completed',
  'received',
  'dead-lettered',
  'expired',
  'cancelled',
  'activated',
  'forwarded',
  'purged',
] as const;
export type DepartureReason = (typeof DEPARTURES)[number];

/** What is counted without any other change. */
const COUNT_REASONS = ['duplicatesDropped', 'sent'] as const;
type CountReason = (typeof COUNT_REASONS)[number];

/** A message that comes into an entity, or is rewritten there. */
export interface PutOperation extends StoredMessage {
  readonly kind: 'put';
  readonly entity: number;
  readonly reason: ArrivalReason;
}

/**
 * One change of the broker's state. Whatever happens is first written to the journal as operations and then applied, live and at start
 * alike, so what a restart finds is what was acknowledged. `entity` is the number of a queue, subscription, topic or dead-letter queue.
 */
export type Operation =
  | PutOperation
  | { readonly kind: 'delete'; readonly entity: number; readonly sequence: number; readonly reason: DepartureReason }
  /** A delivery under a lock. Locks are not kept: after a restart it counts as a failed one. */
  | { readonly kind: 'attempt'; readonly entity: number; readonly sequence: number }
  | {
      readonly kind: 'state';
      readonly entity: number;
      readonly sequence: number;
      readonly state: MessageState;
      readonly failed: number;
      readonly abandoned: boolean;
    }
  /** A message id that the duplicate window remembers. */
  | { readonly kind: 'remember'; readonly entity: number; readonly at: number; readonly messageId: string }
  /** Something that is only counted: a duplicate that was dropped, a message that a topic handed on. */
  | { readonly kind: 'count'; readonly entity: number; readonly what: CountReason }
  | {
      readonly kind: 'session-state';
      readonly entity: number;
      readonly sessionId: string;
      readonly state: Buffer | undefined;
    }
  /** The description of an entity as JSON, or '' when it was deleted. */
  | { readonly kind: 'entity'; readonly entity: number; readonly json: string }
  /** The totals of an entity as JSON, at the start of a compacted journal. */
  | { readonly kind: 'totals'; readonly entity: number; readonly json: string };

const CODES = {
  put: 1,
  delete: 2,
  attempt: 3,
  state: 4,
  remember: 5,
  count: 6,
  'session-state': 7,
  entity: 8,
  totals: 9,
} as const;

/** Whether an encoded operation can begin with this byte. */
export function isOperationCode(byte: number): boolean {
  return byte >= CODES.put && byte <= CODES.totals;
}

/** The operations of one atomic record, encoded. */
export function encodeOperations(operations: readonly Operation[]): Buffer {
  const parts: Buffer[] = [];
  for (const operation of operations) encodeOperation(operation, parts);
  return Buffer.concat(parts);
}

/** Reads what `encodeOperations` wrote. */
export function decodeOperations(bytes: Buffer): Operation[] {
  const input = new Input(bytes);
  const operations: Operation[] = [];
  while (!input.done) operations.push(decodeOperation(input));
  return operations;
}

function encodeOperation(operation: Operation, parts: Buffer[]): void {
  const head = Buffer.allocUnsafe(64);
  head.writeUInt8(CODES[operation.kind], 0);
  let at = head.writeUInt32LE(operation.entity, 1);
  const tail: Buffer[] = [];
  switch (operation.kind) {
    case 'put':
      at = head.writeDoubleLE(operation.sequence, at);
      at = head.writeUInt8(ARRIVALS.indexOf(operation.reason), at);
      at = head.writeUInt8(MESSAGE_STATES[operation.state], at);
      at = head.writeUInt32LE(operation.failed, at);
      at = head.writeDoubleLE(operation.enqueuedAt, at);
      at = head.writeDoubleLE(operation.expiresAt, at);
      at = head.writeDoubleLE(operation.scheduledFor, at);
      tail.push(...sized(Buffer.from(operation.deadLetterSource ?? '')), ...sized(encodeContent(operation.content)));
      break;
    case 'delete':
      at = head.writeDoubleLE(operation.sequence, at);
      at = head.writeUInt8(DEPARTURES.indexOf(operation.reason), at);
      break;
    case 'attempt':
      at = head.writeDoubleLE(operation.sequence, at);
      break;
    case 'state':
      at = head.writeDoubleLE(operation.sequence, at);
      at = head.writeUInt8(MESSAGE_STATES[operation.state], at);
      at = head.writeUInt32LE(operation.failed, at);
      at = head.writeUInt8(operation.abandoned ? 1 : 0, at);
      break;
    case 'remember':
      at = head.writeDoubleLE(operation.at, at);
      tail.push(...sized(Buffer.from(operation.messageId)));
      break;
    case 'count':
      at = head.writeUInt8(COUNT_REASONS.indexOf(operation.what), at);
      break;
    case 'session-state':
      at = head.writeUInt8(operation.state ? 1 : 0, at);
      tail.push(...sized(Buffer.from(operation.sessionId)), ...sized(operation.state ?? Buffer.alloc(0)));
      break;
    case 'entity':
    case 'totals':
      tail.push(...sized(Buffer.from(operation.json)));
      break;
  }
  parts.push(head.subarray(0, at), ...tail);
}

function decodeOperation(input: Input): Operation {
  const code = input.byte();
  const entity = input.uint();
  switch (code) {
    case CODES.put:
      return {
        kind: 'put',
        entity,
        sequence: input.number(),
        reason: pick(ARRIVALS, input.byte()),
        state: stateOf(input.byte()),
        failed: input.uint(),
        enqueuedAt: input.number(),
        expiresAt: input.number(),
        scheduledFor: input.number(),
        deadLetterSource: input.sized().toString() || undefined,
        content: parseMessage(Buffer.from(input.sized())).content,
      };
    case CODES.delete:
      return { kind: 'delete', entity, sequence: input.number(), reason: pick(DEPARTURES, input.byte()) };
    case CODES.attempt:
      return { kind: 'attempt', entity, sequence: input.number() };
    case CODES.state: {
      const sequence = input.number();
      const state = stateOf(input.byte());
      return { kind: 'state', entity, sequence, state, failed: input.uint(), abandoned: input.byte() === 1 };
    }
    case CODES.remember:
      return { kind: 'remember', entity, at: input.number(), messageId: input.sized().toString() };
    case CODES.count:
      return { kind: 'count', entity, what: pick(COUNT_REASONS, input.byte()) };
    case CODES['session-state']: {
      const present = input.byte() === 1;
      const sessionId = input.sized().toString();
      const state = Buffer.from(input.sized());
      return { kind: 'session-state', entity, sessionId, state: present ? state : undefined };
    }
    case CODES.entity:
      return { kind: 'entity', entity, json: input.sized().toString() };
    case CODES.totals:
      return { kind: 'totals', entity, json: input.sized().toString() };
    default:
      throw new Error(`the journal holds an unknown operation ${code}`);
  }
}

class Input {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#at++);
  }

  uint(): number {
    this.#at += 4;
    return this.#bytes.readUInt32LE(this.#at - 4);
  }

  number(): number {
    this.#at += 8;
    return this.#bytes.readDoubleLE(this.#at - 8);
  }

  sized(): Buffer {
    const length = this.uint();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

function sized(bytes: Buffer): [Buffer, Buffer] {
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32LE(bytes.length, 0);
  return [length, bytes];
}

function pick<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) throw new Error(`the journal holds an unknown reason ${index}`);
  return value;
}

function stateOf(code: number): MessageState {
  if (code === MESSAGE_STATES.active) return 'active';
  return code === MESSAGE_STATES.deferred ? 'deferred' : 'scheduled';
}
