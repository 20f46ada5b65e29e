import { randomBytes } from 'node:crypto';
import { AmqpError } from '#amqp/amqp-error';
import { Reader } from '#amqp/reader';
import { AmqpMap, type Decoded } from '#amqp/value';
import { Writer, encode } from '#amqp/writer';
import type { FilterInput } from './filter-input';

const HEADER = 0x70;
const MESSAGE_ANNOTATIONS = 0x72;
const PROPERTIES = 0x73;
const APPLICATION_PROPERTIES = 0x74;
const DATA = 0x75;
const SEQUENCE = 0x76;
const FOOTER = 0x78;
const NOTHING = Buffer.alloc(0);

/** Annotations that the broker sets itself; a sender's are dropped. */
const OWN_ANNOTATIONS = new Set([
  'x-opt-sequence-number',
  'x-opt-enqueued-time',
  'x-opt-locked-until',
  'x-opt-message-state',
  'x-opt-enqueue-sequence-number',
  'x-opt-deadletter-source',
]);

/**
 * A message as its sender wrote it. Everything from the properties section to the footer is kept and handed on byte for byte,
 * because decoding and encoding again would change types; only the header and the annotations are written for every delivery.
 */
export interface Content {
  readonly durable: boolean;
  readonly priority: number;
  /** Time to live in milliseconds, when the sender gave one. */
  readonly ttl: number | undefined;
  /** The sender's annotations, as encoded pairs. */
  readonly annotations: Buffer;
  readonly annotationCount: number;
  /** Properties, application properties, body and footer, encoded. */
  readonly rest: Buffer;
  readonly messageId: string;
  readonly sessionId: string | undefined;
}

/** A message that arrived: its content, and the time it is scheduled for (milliseconds), if any. */
export interface Arrival {
  readonly content: Content;
  readonly scheduledFor: number | undefined;
}

/**
 * Reads an encoded message. Every section is checked, so that nothing fails on it later. A missing message id is filled in,
 * because the SDK can't settle a message without one. Throws AmqpError.
 */
export function parseMessage(bytes: Buffer): Arrival {
  const { header, annotations, properties, rest } = readSections(bytes);
  const given = properties[0] ?? null;
  const messageId = key(given) ?? randomBytes(16).toString('hex');
  const content: Content = {
    durable: header[0] === true,
    priority: integer(header[1], 0xff) ?? 4,
    ttl: integer(header[2], 0xffffffff),
    ...foreignAnnotations(annotations),
    rest: given === null ? withMessageId(rest, messageId) : rest,
    messageId,
    sessionId: typeof properties[10] === 'string' ? properties[10] : undefined,
  };
  return { content, scheduledFor: integer(annotations.get('x-opt-scheduled-enqueue-time'), Number.MAX_SAFE_INTEGER) };
}

interface Sections {
  header: Decoded[];
  annotations: AmqpMap;
  properties: Decoded[];
  /** From the properties on, encoded. */
  readonly rest: Buffer;
}

/** The sections of a message, which must stand in their order (OASIS AMQP 1.0, 3.2); rhea, which the SDK is built on, writes the footer before the body. */
function readSections(bytes: Buffer): Sections {
  const reader = new Reader(bytes);
  const sections: Sections = { header: [], annotations: new AmqpMap(NOTHING), properties: [], rest: NOTHING };
  let restStart = bytes.length;
  let last = 0;
  let hasFooter = false;
  while (!reader.done) {
    const start = reader.position;
    const section = reader.descriptor();
    const repeatable = section === DATA || section === SEQUENCE;
    const inOrder = section > last || (repeatable && section === last);
    if (section === FOOTER && hasFooter) throw new AmqpError('amqp:decode-error', 'a message has two footers');
    hasFooter ||= section === FOOTER;
    if (!inOrder || section < HEADER || section > FOOTER)
      throw new AmqpError('amqp:decode-error', 'the sections of a message are wrong');
    if (section !== FOOTER) last = section;
    if (section >= PROPERTIES) restStart = Math.min(restStart, start);
    readSection(section, reader, sections);
  }
  return { ...sections, rest: bytes.subarray(restStart) };
}

function readSection(section: number, reader: Reader, sections: Sections): void {
  switch (section) {
    case HEADER:
      sections.header = list(reader.read());
      return;
    case MESSAGE_ANNOTATIONS:
      sections.annotations = map(reader.read());
      return;
    case PROPERTIES:
      sections.properties = list(reader.read());
      return;
    case APPLICATION_PROPERTIES:
      for (const name of map(reader.read()).keys()) textKey(name);
      return;
    default:
      reader.skip();
  }
}

function integer(value: Decoded | undefined, max: number): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max ? value : undefined;
}

/** The encoded messages of a batch: every data section of the envelope holds one. */
export function splitBatch(bytes: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  const reader = new Reader(bytes);
  while (!reader.done) {
    const section = reader.descriptor();
    const value = section === DATA ? reader.read() : reader.skip();
    if (section === DATA && Buffer.isBuffer(value)) messages.push(value);
  }
  return messages;
}

/** A content with its own memory, independent of the buffer it was read from. */
export function detach(content: Content): Content {
  const annotations = content.annotationCount === 0 ? NOTHING : Buffer.from(content.annotations);
  return { ...content, annotations, rest: Buffer.from(content.rest) };
}

/** The content without the broker's annotations, as it is kept on disk: `parseMessage` reads it again. */
export function encodeContent(content: Content): Buffer {
  const writer = new Writer(96 + content.annotations.length + content.rest.length);
  encodeHeader(writer, content, 0);
  if (content.annotationCount > 0) {
    const start = writer.descriptor(MESSAGE_ANNOTATIONS).map(content.annotationCount);
    writer.raw(content.annotations).end(start);
  }
  return writer.raw(content.rest).finish();
}

/** Writes the header section. */
export function encodeHeader(writer: Writer, content: Content, deliveryCount: number): void {
  const start = writer.descriptor(HEADER).list(5);
  writer.boolean(content.durable).ubyte(content.priority);
  if (content.ttl === undefined) writer.null();
  else writer.uint(content.ttl);
  writer.boolean(false).uint(deliveryCount).end(start);
}

/** The content with application properties added, replaced or (undefined) removed; values are encoded AMQP values. */
export function withApplicationProperties(content: Content, changes: ReadonlyMap<string, Buffer | undefined>): Content {
  if (changes.size === 0) return content;
  const { properties, pairs, body } = splitRest(content.rest);
  const merged = new Map<string, Buffer>(pairs);
  for (const [name, value] of changes) {
    if (value) merged.set(name, value);
    else merged.delete(name);
  }
  const writer = new Writer(content.rest.length + 256).raw(properties).descriptor(APPLICATION_PROPERTIES);
  const start = writer.map(merged.size * 2);
  for (const [name, value] of merged) writer.string(name).raw(value);
  return { ...content, rest: writer.end(start).raw(body).finish() };
}

/** Why a message is a dead letter; a client may give neither. */
export interface DeadLetterReason {
  readonly reason: string | undefined;
  readonly description: string | undefined;
}

/** The content with its reason among the application properties, and other changes to them. */
export function withDeadLetterReason(
  content: Content,
  { reason, description }: DeadLetterReason,
  changes: ReadonlyMap<string, Buffer> = new Map(),
): Content {
  const all = new Map(changes);
  if (reason !== undefined) all.set('DeadLetterReason', encode(reason));
  if (description !== undefined) all.set('DeadLetterErrorDescription', encode(description));
  return withApplicationProperties(content, all);
}

/** What filters look at in a content. */
export function readFilterInput(content: Content): FilterInput {
  const reader = new Reader(content.rest);
  let properties: Decoded[] = [];
  while (!reader.done) {
    const section = reader.descriptor();
    if (section === PROPERTIES) properties = list(reader.read());
    else if (section === APPLICATION_PROPERTIES) return { properties, application: map(reader.read()) };
    else break;
  }
  return { properties, application: new Map() };
}

/** The pairs of an encoded map: key as text, value still encoded. */
export function encodedPairs(pairs: Buffer): [string, Buffer][] {
  const reader = new Reader(pairs);
  const result: [string, Buffer][] = [];
  while (!reader.done) result.push([textKey(reader.read()), reader.skip()]);
  return result;
}

function splitRest(rest: Buffer): { properties: Buffer; pairs: [string, Buffer][]; body: Buffer } {
  const reader = new Reader(rest);
  let properties: Buffer = NOTHING;
  let pairs: [string, Buffer][] = [];
  let bodyStart = 0;
  while (!reader.done) {
    const start = reader.position;
    const section = reader.descriptor();
    if (section !== PROPERTIES && section !== APPLICATION_PROPERTIES) break;
    if (section === PROPERTIES) {
      reader.skip();
      properties = rest.subarray(start, reader.position);
    } else {
      pairs = encodedPairs(map(reader.read()).pairs);
    }
    bodyStart = reader.position;
  }
  return { properties, pairs, body: rest.subarray(bodyStart) };
}

function withMessageId(rest: Buffer, messageId: string): Buffer {
  const reader = new Reader(rest);
  const fields: Buffer[] = [];
  let after = 0;
  if (!reader.done && reader.descriptor() === PROPERTIES) {
    const { count } = reader.compound();
    for (let i = 0; i < count; i++) fields.push(reader.skip());
    after = reader.position;
  }
  const writer = new Writer(rest.length + 64).descriptor(PROPERTIES);
  const start = writer.list(Math.max(1, fields.length));
  writer.string(messageId);
  for (const field of fields.slice(1)) writer.raw(field);
  return writer.end(start).raw(rest.subarray(after)).finish();
}

function foreignAnnotations(annotations: AmqpMap): { annotations: Buffer; annotationCount: number } {
  if (annotations.size === 0) return { annotations: NOTHING, annotationCount: 0 };
  const reader = new Reader(annotations.pairs);
  const kept: Buffer[] = [];
  while (!reader.done) {
    const start = reader.position;
    const name = reader.read();
    reader.skip();
    if (typeof name !== 'string' || !OWN_ANNOTATIONS.has(name))
      kept.push(annotations.pairs.subarray(start, reader.position));
  }
  return { annotations: Buffer.concat(kept), annotationCount: kept.length * 2 };
}

function textKey(name: Decoded): string {
  if (typeof name !== 'string') throw new AmqpError('amqp:decode-error', 'a property name is not a string');
  return name;
}

function key(id: Decoded): string | undefined {
  if (id === null) return undefined;
  if (Buffer.isBuffer(id)) return id.toString('hex');
  if (typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint') return `${id}`;
  throw new AmqpError('amqp:decode-error', 'a message id has an impossible type');
}

function list(value: Decoded): Decoded[] {
  if (!Array.isArray(value)) throw new AmqpError('amqp:decode-error', 'a message section is not a list');
  return value;
}

function map(value: Decoded): AmqpMap {
  if (!(value instanceof AmqpMap)) throw new AmqpError('amqp:decode-error', 'a message section is not a map');
  return value;
}
