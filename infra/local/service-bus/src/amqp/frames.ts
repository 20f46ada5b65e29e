import { AmqpError } from './amqp-error';
import { type Encodable, described, symbol, uint } from './value';
import { Writer } from './writer';

export const AMQP_HEADER = Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 1, 0, 0]);
export const SASL_HEADER = Buffer.from([0x41, 0x4d, 0x51, 0x50, 3, 1, 0, 0]);
export const EMPTY_FRAME = Buffer.from([0, 0, 0, 8, 2, 0, 0, 0]);

/** Room for a transfer's frame header and performative; what is left of a frame is payload. */
export const TRANSFER_OVERHEAD = 96;

const FRAME_HEADER = Buffer.from([0, 0, 0, 0, 2, 0, 0, 0]);
const ACCEPTED = new Writer(8).value(described(0x24, [])).finish();

/** One received frame: its type (0 AMQP, 1 SASL), its channel and its body. */
export interface Frame {
  readonly type: number;
  readonly channel: number;
  readonly body: Buffer;
}

/** What we answer about a delivery; a rejection carries the error the SDK turns into its own. */
export type Answer = 'accepted' | { condition: string; description: string };

/** The size of a frame, from its first 8 bytes. Throws AmqpError for a frame that is impossible or larger than `maxSize`. */
export function frameSize(head: Buffer, maxSize: number): number {
  const size = head.readUInt32BE(0);
  const dataOffset = head.readUInt8(4) * 4;
  if (size > maxSize) throw new AmqpError('amqp:framing-error', `a frame of ${size} bytes is larger than ${maxSize}`);
  if (size < 8 || dataOffset < 8 || dataOffset > size)
    throw new AmqpError('amqp:framing-error', 'a frame header is malformed');
  return size;
}

/** The parts of a whole frame. */
export function parseFrame(bytes: Buffer): Frame {
  const dataOffset = bytes.readUInt8(4) * 4;
  return { type: bytes.readUInt8(5), channel: bytes.readUInt16BE(6), body: bytes.subarray(dataOffset) };
}

/** An AMQP frame that holds one performative: descriptor code and fields. */
export function amqpFrame(channel: number, code: number, fields: readonly Encodable[]): Buffer {
  return finish(started().descriptor(code).value(fields), channel, 0, 0);
}

/** A SASL frame. */
export function saslFrame(code: number, fields: readonly Encodable[]): Buffer {
  return finish(started().descriptor(code).value(fields), 0, 1, 0);
}

/** The frame header and performative of a transfer; `payload` bytes must follow it on the wire. */
export function transferFrame(
  channel: number,
  transfer: { handle: number; deliveryId: number; tag: Buffer; settled: boolean; more: boolean },
  payload: number,
): Buffer {
  const writer = started().descriptor(0x14);
  const list = writer.list(6);
  writer.uint(transfer.handle).uint(transfer.deliveryId).binary(transfer.tag).uint(0);
  writer.boolean(transfer.settled).boolean(transfer.more).end(list);
  return finish(writer, channel, 0, payload);
}

/** A settled disposition for the deliveries `first` to `last`, from us as their receiver or sender. */
export function dispositionFrame(
  channel: number,
  receiver: boolean,
  first: number,
  last: number,
  answer: Answer,
): Buffer {
  const writer = started().descriptor(0x15);
  const list = writer.list(5);
  writer.boolean(receiver).uint(first).uint(last).boolean(true);
  if (answer === 'accepted') writer.raw(ACCEPTED);
  else writer.value(described(0x25, [errorValue(answer.condition, answer.description)]));
  return finish(writer.end(list), channel, 0, 0);
}

/** An AMQP error as a value (OASIS AMQP 1.0, 2.8.14). */
export function errorValue(condition: string, description: string): Encodable {
  return described(0x1d, [symbol(condition), description]);
}

/** What a flow says of one link: the deliveries there were, and how many more there may be. */
export interface LinkFlow {
  readonly handle: number;
  readonly deliveryCount: number;
  readonly credit: number;
  readonly drain: boolean;
}

/** The fields of a flow, in their order on the wire. */
export function flowFields(
  session: { nextIncomingId: number; incomingWindow: number; nextOutgoingId: number; outgoingWindow: number },
  link?: LinkFlow,
): Encodable[] {
  const fields: Encodable[] = [
    uint(session.nextIncomingId),
    uint(session.incomingWindow),
    uint(session.nextOutgoingId),
    uint(session.outgoingWindow),
  ];
  if (link) fields.push(uint(link.handle), uint(link.deliveryCount), uint(link.credit), null, link.drain);
  return fields;
}

function started(): Writer {
  return new Writer(128).raw(FRAME_HEADER);
}

function finish(writer: Writer, channel: number, type: number, payload: number): Buffer {
  const bytes = writer.finish();
  bytes.writeUInt32BE(bytes.length + payload, 0);
  bytes.writeUInt8(type, 5);
  bytes.writeUInt16BE(channel, 6);
  return bytes;
}
