import * as fc from 'fast-check';
import rhea, { type Message } from 'rhea';
import { developmentRequesters } from '@cartage/stack/settings';
import { sign } from '@cartage/stack/sign';
import { oneLine } from '#test/support/requests';

/** A message for `purchase-requests`, as an ERP, a JMS client or a stranger may send it. */
export interface OddMessage {
  /** What it can be told by afterwards: its id, a property of it, and the request id of an order. */
  readonly key: string;
  /** What it is, for people. */
  readonly what: string;
  /** What must become of it: a purchase, an unprocessable message, or one of both, as it is read in time. */
  readonly ending: 'purchase' | 'unprocessable' | 'either';
  readonly message: Message;
}

const { types, message: sections } = rhea;

/** A licence: no inventory check, no registration, nothing to activate. */
const ORDER = JSON.stringify(oneLine('CFQ7TTC0LH18', '0001', { termDuration: 'P1Y', billingCycle: 'monthly' }));
const SECRET = developmentRequesters.erp.signingSecret;

/** What one message is made of. */
interface Shape {
  readonly body: (typeof BODIES)[number];
  /** About how large it is, bytes. */
  readonly size: number;
  /** How many application properties it has beside its key. */
  readonly properties: number;
  readonly frame: (typeof FRAMES)[number];
}

const ORDERS = ['order', 'order in two data sections', 'order as text'] as const;
const BODIES = [
  ...ORDERS,
  'data',
  'empty data',
  'two data sections',
  'text',
  'binary',
  'map',
  'list',
  'long',
  'double',
  'boolean',
  'null',
  'timestamp',
  'uuid',
  'symbol',
  'sequence',
  'two sequences',
  'DataContract text',
  'JMS map',
  'JMS text',
  'wrong signature',
] as const;
const FRAMES = [
  'plain',
  'plain',
  'plain',
  'id is a number',
  'id is a uuid',
  'no id',
  'footer',
  'scheduled',
  'short-lived',
  'session',
] as const;

/** Most are small, some nearly as large as a message of the Standard tier may be. */
const size = fc.oneof(
  { weight: 6, arbitrary: fc.nat(1_000) },
  { weight: 3, arbitrary: fc.nat(20_000) },
  { weight: 1, arbitrary: fc.nat(200_000) },
);
const properties = fc.oneof({ weight: 8, arbitrary: fc.nat(5) }, { weight: 1, arbitrary: fc.nat(1_000) });
const shape: fc.Arbitrary<Shape> = fc.record({
  body: fc.constantFrom(...BODIES),
  size,
  properties,
  frame: fc.constantFrom(...FRAMES),
});

/** Makes the same messages for the same seed, but for the signatures, which are of this moment. Their bodies are of every AMQP kind. */
export function oddMessages(count: number, seed: number): OddMessage[] {
  const shapes = fc.sample(shape, { numRuns: count, seed });
  return shapes.map((each, index) => build(each, `message-${seed}-${index}`));
}

function build({ body, size: bytes, properties: count, frame }: Shape, key: string): OddMessage {
  const isOrder = ORDERS.some((order) => order === body);
  // What expires before it is read, or comes as text, may be either.
  const isCertain = body !== 'order as text' && frame !== 'short-lived';
  const ending = !isOrder ? 'unprocessable' : isCertain ? 'purchase' : 'either';
  const application: Record<string, unknown> = { key, ...signature(body, key), ...someProperties(count) };
  return {
    key,
    what: `${body}, ${frame}, ${bytes} bytes, ${count} properties`,
    ending,
    message: {
      content_type: body.startsWith('order') ? 'application/json' : 'application/octet-stream',
      body: bodyOf(body, key, bytes),
      application_properties: application,
      ...annotations(body),
      ...framing(frame, key),
    },
  };
}

function signature(body: Shape['body'], key: string): Record<string, unknown> {
  if (body === 'wrong signature') return sign(SECRET, key, Buffer.from('another body'));
  if (!body.startsWith('order')) return {};
  const signed = sign(SECRET, key, Buffer.from(ORDER));
  if (body !== 'order as text') return { ...signed };
  // As JMS has to write them.
  return Object.fromEntries(Object.entries(signed).map(([name, value]) => [name.replaceAll('-', '_'), value]));
}

function bodyOf(body: Shape['body'], key: string, bytes: number): unknown {
  const text = `${key} `.padEnd(bytes, 'ä');
  const order = Buffer.from(ORDER);
  switch (body) {
    case 'order':
    case 'wrong signature':
      return sections.data_section(order);
    case 'order in two data sections':
      return sections.data_sections([order.subarray(0, 30), order.subarray(30)]);
    case 'order as text':
      return ORDER;
    case 'data':
      return sections.data_section(Buffer.alloc(bytes, 0xfe));
    case 'empty data':
      return sections.data_section(Buffer.alloc(0));
    case 'two data sections':
      return sections.data_sections([Buffer.from(text), Buffer.alloc(bytes / 2, 1)]);
    case 'text':
    case 'JMS text':
      return text;
    case 'binary':
      return types.wrap_binary(Buffer.alloc(bytes, 7));
    case 'map':
    case 'JMS map':
      return types.wrap_map({ key, text, nested: types.wrap_map({ long: types.wrap_long(7), nothing: null }) });
    case 'list':
      return types.wrap_list([key, types.wrap_long(1), true, null, text, types.wrap_list([])]);
    case 'long':
      return types.wrap_long(bytes);
    case 'double':
      return types.wrap_double(bytes / 7);
    case 'boolean':
      return types.wrap_boolean(bytes % 2 === 0);
    case 'null':
      return null;
    case 'timestamp':
      return types.wrap_timestamp(bytes * 1_000_000);
    case 'uuid':
      return types.wrap_uuid(Buffer.alloc(16, bytes));
    case 'symbol':
      return types.wrap_symbol(key);
    case 'sequence':
      return sections.sequence_section([key, types.wrap_long(bytes), text]);
    case 'two sequences':
      return sections.sequence_sections([[key, text], [null]]);
    case 'DataContract text':
      return sections.data_section(dataContract(text));
  }
}

/** A text as the older library for .NET wrote it: the binary XML of the DataContractSerializer. */
function dataContract(text: string): Buffer {
  const namespace = Buffer.from('http://schemas.microsoft.com/2003/10/Serialization/');
  const element = Buffer.concat([
    Buffer.from([0x40, 6]),
    Buffer.from('string'),
    Buffer.from([8, namespace.length]),
    namespace,
  ]);
  const content = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeInt32LE(content.length);
  return Buffer.concat([element, Buffer.from([0x9d]), length, content]);
}

/** What the annotation of JMS says that a message is. */
const JMS_TYPES: Readonly<Record<string, number>> = { 'JMS map': 2, 'JMS text': 5, 'order as text': 5 };

function annotations(body: Shape['body']): Partial<Message> {
  const type = JMS_TYPES[body];
  if (type === undefined) return {};
  return { message_annotations: { 'x-opt-jms-msg-type': types.wrap_byte(type), 'x-opt-jms-dest': types.wrap_byte(0) } };
}

function framing(frame: Shape['frame'], key: string): Partial<Message> {
  switch (frame) {
    case 'plain':
      return { message_id: key };
    case 'id is a number':
      return { message_id: Number(key.split('-').at(-1)) };
    case 'id is a uuid':
      return { message_id: Buffer.from(key.padStart(16, '0').slice(-16)) };
    case 'no id':
      return {};
    case 'footer':
      return { message_id: key, footer: { checksum: types.wrap_long(1) } };
    case 'scheduled':
      return {
        message_id: key,
        message_annotations: { 'x-opt-scheduled-enqueue-time': types.wrap_timestamp(Date.now() + 2_000) },
      };
    case 'short-lived':
      return { message_id: key, ttl: 20 };
    case 'session':
      return { message_id: key, group_id: `session of ${key}` };
  }
}

function someProperties(count: number): Record<string, unknown> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`property ${index}`, propertyValue(index)]));
}

function propertyValue(index: number): unknown {
  const values = [
    'text',
    types.wrap_long(index),
    types.wrap_int(index),
    types.wrap_double(index / 3),
    index % 2 === 0,
    null,
    types.wrap_timestamp(index),
    types.wrap_uuid(Buffer.alloc(16, index)),
    types.wrap_binary(Buffer.alloc(20, index)),
    types.wrap_symbol('symbol'),
    types.wrap_ubyte(index % 256),
    'a longer text that says nothing, '.repeat(3),
  ];
  return values[index % values.length];
}
