import type { ServiceBusReceivedMessage } from '@azure/service-bus';

/**
 * What a message holds: bytes, as nearly every sender puts them, or a value or a sequence of AMQP, which a function can't
 * take. Those are told as JSON in which every value names its AMQP type.
 */
export type MessageBody =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'amqp-value' | 'amqp-sequence'; readonly typed: TypedValue };

/** A value with the name of its AMQP type; lists hold such values, and maps by their keys. */
export interface TypedValue {
  readonly amqp: string;
  readonly value?: unknown;
}

/** The body of a received message whose body was not parsed (`skipParsingBodyAsJson`). Total: no body makes it throw. */
export function messageBody(received: Pick<ServiceBusReceivedMessage, 'body' | '_rawAmqpMessage'>): MessageBody {
  const body: unknown = received.body;
  const { bodyType } = received._rawAmqpMessage;
  if (isBytes(body)) return { kind: 'bytes', bytes: Buffer.from(body) };
  // Several data sections are one body.
  if (bodyType === 'data' && Array.isArray(body) && body.every(isBytes))
    return { kind: 'bytes', bytes: Buffer.concat(body) };
  return { kind: bodyType === 'sequence' ? 'amqp-sequence' : 'amqp-value', typed: typedValue(body) };
}

/** Deeper than this nothing is told: no sender means it. */
const DEEPEST = 500;

/**
 * A value as the SDK has decoded it, with the AMQP type that it is sent as again. What the SDK does not tell apart stays
 * together: whole numbers are `long`, others `double`; a UUID and a number of more than 53 bits are `binary`.
 */
export function typedValue(value: unknown, depth = 0): TypedValue {
  if (depth > DEEPEST) return { amqp: 'too-deep' };
  if (value === undefined || value === null) return { amqp: 'null' };
  if (typeof value === 'boolean') return { amqp: 'boolean', value };
  if (typeof value === 'string') return { amqp: 'string', value };
  if (typeof value === 'number') return typedNumber(value);
  if (value instanceof Date) return { amqp: 'timestamp', value: value.getTime() };
  if (isBytes(value)) return { amqp: 'binary', value: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return { amqp: 'list', value: value.map((one) => typedValue(one, depth + 1)) };
  if (typeof value !== 'object') return { amqp: typeof value };
  if ('descriptor' in value && 'value' in value)
    return {
      amqp: 'described',
      value: [typedValue(plain(value.descriptor), depth + 1), typedValue(value.value, depth + 1)],
    };
  return {
    amqp: 'map',
    value: Object.fromEntries(Object.entries(value).map(([name, one]) => [name, typedValue(one, depth + 1)])),
  };
}

/** JSON has no word for what is no finite number. */
function typedNumber(value: number): TypedValue {
  return Number.isSafeInteger(value)
    ? { amqp: 'long', value }
    : { amqp: 'double', value: Number.isFinite(value) ? value : `${value}` };
}

/** The descriptor of a described type is wrapped once more. */
function plain(descriptor: unknown): unknown {
  return typeof descriptor === 'object' && descriptor !== null && 'value' in descriptor ? descriptor.value : descriptor;
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}
