import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import type { ServiceBusTrigger } from '#invocation/hosted-function';
import type { TypedData } from '#worker/rpc';

type DataType = ServiceBusTrigger['dataType'];

const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The body of a message as bytes. Several data sections are joined, as the .NET SDK of the real host does, and a string in a value section
 * counts as its UTF-8. Throws for other kinds of body.
 */
function bytesOf({ body, messageId, _rawAmqpMessage: raw }: ServiceBusReceivedMessage): Buffer {
  const value: unknown = body;
  if (Buffer.isBuffer(value)) return value;
  if (raw.bodyType === 'data' && Array.isArray(value) && value.every((section) => Buffer.isBuffer(section)))
    return Buffer.concat(value);
  if (typeof value === 'string') return Buffer.from(value);
  throw new Error(
    `The body of message ${messageId?.toString() ?? '(no id)'} is an AMQP ${typeof value}, neither bytes nor text`,
  );
}

/** The body of a message as text. Throws when its bytes are not UTF-8. */
const textOf = (message: ServiceBusReceivedMessage): string => STRICT_UTF8.decode(bytesOf(message));

/** The input of a function with cardinality one. */
export const toInput = (message: ServiceBusReceivedMessage, dataType: DataType): TypedData =>
  dataType === 'binary' ? { bytes: bytesOf(message) } : { string: textOf(message) };

/**
 * The input of a function with cardinality many. Without a data type every body must be JSON and the batch fails otherwise;
 * as text, empty bodies are dropped, because the Node worker lacks the capability IncludeEmptyEntriesInMessagePayload.
 */
export function toBatchInput(messages: readonly ServiceBusReceivedMessage[], dataType: DataType): TypedData {
  switch (dataType) {
    case 'binary':
      return { collectionBytes: { bytes: messages.map(bytesOf) } };
    case 'string':
      return { collectionString: { string: messages.map(textOf).filter((text) => text !== '') } };
    case undefined:
      return { json: JSON.stringify(messages.map((message): unknown => JSON.parse(textOf(message)))) };
  }
}

type Metadata = Record<string, TypedData>;
type Read = (message: ServiceBusReceivedMessage) => TypedData | undefined;

const text = (value: string | number | Buffer | undefined): TypedData | undefined =>
  value === undefined ? undefined : { string: value.toString() };
const json = (value: unknown): TypedData => ({ json: JSON.stringify(value) });
/** The last moment of .NET, which stands for "never expires". */
const END_OF_TIME = new Date('9999-12-31T23:59:59.999Z');
const toIso = (value: Date): string => (value > END_OF_TIME ? END_OF_TIME : value).toISOString();
const date = (value: Date | undefined): TypedData | undefined => value && json(toIso(value));
/** .NET writes a DateTimeOffset with its offset. */
const offsetDate = (value: Date | undefined): TypedData | undefined =>
  value && json(toIso(value).replace('Z', '+00:00'));

/**
 * The binding data of a message by name (ServiceBusTriggerBinding of Microsoft.Azure.WebJobs.Extensions.ServiceBus). The objects of the .NET SDK
 * that the real host also serialises here (MessageReceiver, Client and so on) are of no use to a Node function and are left out.
 */
const MEMBERS: Record<string, Read> = {
  // .NET counts the current delivery, AMQP and the JavaScript SDK only the ones before it.
  DeliveryCount: ({ deliveryCount = 0 }) => json(deliveryCount + 1),
  DeadLetterSource: ({ deadLetterSource }) => text(deadLetterSource),
  LockToken: ({ lockToken }) => text(lockToken),
  ExpiresAtUtc: ({ expiresAtUtc }) => date(expiresAtUtc),
  ExpiresAt: ({ expiresAtUtc }) => offsetDate(expiresAtUtc),
  EnqueuedTimeUtc: ({ enqueuedTimeUtc }) => date(enqueuedTimeUtc),
  EnqueuedTime: ({ enqueuedTimeUtc }) => offsetDate(enqueuedTimeUtc),
  MessageId: ({ messageId }) => text(messageId),
  ContentType: ({ contentType }) => text(contentType),
  ReplyTo: ({ replyTo }) => text(replyTo),
  SequenceNumber: ({ sequenceNumber }) => json(sequenceNumber?.toNumber() ?? 0),
  To: ({ to }) => text(to),
  Subject: ({ subject }) => text(subject),
  Label: ({ subject }) => text(subject),
  CorrelationId: ({ correlationId }) => text(correlationId),
  ApplicationProperties: ({ applicationProperties }) => json(applicationProperties ?? {}),
  UserProperties: ({ applicationProperties }) => json(applicationProperties ?? {}),
  SessionId: ({ sessionId }) => text(sessionId),
  ReplyToSessionId: ({ replyToSessionId }) => text(replyToSessionId),
  PartitionKey: ({ partitionKey }) => text(partitionKey),
};
const MEMBER_LIST = Object.entries(MEMBERS);
const CANONICAL_NAMES = new Map(Object.keys(MEMBERS).map((name) => [name.toLowerCase(), name]));

/** The trigger metadata of one message. A JSON object in the body shadows it when the function gets the body as text. */
export function toMetadata(message: ServiceBusReceivedMessage, input: TypedData): Metadata {
  const metadata: Metadata = {};
  for (const [name, read] of MEMBER_LIST) {
    const value = read(message);
    if (value !== undefined) metadata[name] = value;
  }
  if (input.string !== undefined) shadow(metadata, input.string);
  return metadata;
}

/** The trigger metadata of a batch: every name once, followed by `Array`. */
export function toBatchMetadata(messages: readonly ServiceBusReceivedMessage[]): Metadata {
  const metadata: Metadata = {};
  for (const [name, read] of MEMBER_LIST) {
    const values = messages.map(read);
    if (values.every((value) => value === undefined)) continue;
    metadata[`${name}Array`] = json(
      values.map((value): unknown => (value?.json === undefined ? (value?.string ?? null) : JSON.parse(value.json))),
    );
  }
  return metadata;
}

/**
 * Copies the top-level members of a JSON body over the metadata, ignoring the case of names, as the real host does
 * (Utility.ApplyBindingData of azure-functions-host). Arrays and nulls are not copied; numbers and booleans become text.
 */
function shadow(metadata: Metadata, body: string): void {
  const trimmed = body.trim();
  if (!trimmed.startsWith('{') || !trimmed.endsWith('}')) return;
  let parsed: object;
  try {
    parsed = JSON.parse(trimmed);
  } catch {
    return; // a body that only looks like JSON shadows nothing
  }
  const members: [string, unknown][] = Object.entries(parsed);
  for (const [name, value] of members) {
    if (value === null || Array.isArray(value)) continue;
    metadata[CANONICAL_NAMES.get(name.toLowerCase()) ?? name] = toBindingData(value);
  }
}

function toBindingData(value: unknown): TypedData {
  if (typeof value === 'object') return json(value);
  if (typeof value === 'boolean') return { string: value ? 'True' : 'False' };
  return { string: typeof value === 'string' ? value : JSON.stringify(value) };
}
