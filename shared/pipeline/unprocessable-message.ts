import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Blobs } from '#shared/azure/blobs';
import type { Bus, BusProperty } from '#shared/azure/bus';
import { cutText } from '#shared/domain/cut-text';
import { defined } from '#shared/domain/defined';
import { fingerprint } from '#shared/domain/fingerprint';
import { messageBytes } from './message-bytes';
import type { QueueName } from './messages';

/** A message that can't be processed, whatever one does: what it was, where it was read, and why it failed. */
export interface UnprocessableMessage {
  readonly queue: QueueName;
  readonly reason:
    | 'dead-letter'
    | 'not-json'
    | 'bad-signature'
    | 'invalid-request'
    | 'conflict'
    | 'unknown-purchase'
    | 'invalid-message';
  readonly description: string;
  /** The bytes of its body; anything else counts as the JSON that it was read from. */
  readonly original: unknown;
  /** Its body was no bytes but a value or a sequence of AMQP: `original` is JSON that names the AMQP types. */
  readonly bodyType?: 'amqp-value' | 'amqp-sequence';
  readonly contentType?: string;
  /** The id that its sender gave it, where it had one. Others may use the same. */
  readonly messageId?: string;
  /** The broker's number of it in its queue, which tells apart what looks the same. */
  readonly sequenceNumber?: string;
  /** Its application properties: what it takes to send it again. */
  readonly properties?: Readonly<Record<string, unknown>>;
  /** The same as JSON that names the AMQP types, where these are known. */
  readonly typedProperties?: unknown;
}

export interface UnprocessableDeps {
  readonly bus: Bus;
  /** The container for what does not fit into a message beside its reason. Absent: that is left out. */
  readonly overflow?: Blobs | undefined;
}

/** A message's application properties as the host hands them over. */
export const messageProperties = z.record(z.string(), z.unknown()).default({});

/**
 * What may be copied, in bytes: a message holds 256 KiB in the Standard tier, its properties included, and those may have
 * 64 KB in all and 32 KB each (page "Service Bus quotas").
 */
const MOST_BODY = 160_000;
const MOST_PROPERTIES = 24_000;
const MOST_COUNT = 100;
const LONGEST_TEXT = 1024;

/**
 * Sends a message to `unprocessable-messages`: its bytes as they came, with its own application properties and the reason
 * as further ones, so that it can be sent again as it was. What does not fit goes into blobs that `bodyBlob` and
 * `propertiesBlob` name. The same message always has the same id; two messages never share one, whatever ids their senders
 * chose, so that none can hide another.
 */
export async function sendUnprocessable(deps: UnprocessableDeps, message: UnprocessableMessage): Promise<void> {
  const { queue, reason, description, bodyType, messageId, properties = {}, typedProperties } = message;
  const body = messageBytes(message.original);
  const id = idOf(message, body);
  const { kept, isWhole } = fitting(properties);
  const isTooLong = body.length > MOST_BODY;
  const bodyBlob = isTooLong ? await keep(deps, `${id}/body`, body, 'application/octet-stream') : undefined;
  const propertiesBlob = isWhole
    ? undefined
    : await keep(
        deps,
        `${id}/properties.json`,
        Buffer.from(JSON.stringify(typedProperties ?? properties)),
        'application/json',
      );
  await deps.bus.send('unprocessable-messages', {
    messageId: id,
    subject: reason,
    contentType: message.contentType ?? (bodyType ? 'application/json' : 'application/octet-stream'),
    body: isTooLong ? Buffer.alloc(0) : body,
    properties: {
      ...kept,
      DeadLetterReason: reason,
      DeadLetterErrorDescription: cutText(description, LONGEST_TEXT),
      queue,
      ...defined({
        originalMessageId: messageId === undefined ? undefined : cutText(messageId, LONGEST_TEXT),
        bodyType,
        bodyBytes: isTooLong ? body.length : undefined,
        bodyBlob,
        propertiesBlob,
      }),
    },
  });
}

/** The properties that say what became of a message; one of the same name that it came with is kept in the blob. */
const OWN_NAMES = new Set([
  'DeadLetterReason',
  'DeadLetterErrorDescription',
  'queue',
  'originalMessageId',
  'bodyType',
  'bodyBytes',
  'bodyBlob',
  'propertiesBlob',
]);

/** The properties that fit into a message together, each of them whole; and whether these are all. */
function fitting(properties: Readonly<Record<string, unknown>>): {
  kept: Record<string, BusProperty>;
  isWhole: boolean;
} {
  const all = Object.entries(properties);
  const kept: [string, BusProperty][] = [];
  let left = MOST_PROPERTIES;
  for (const [name, value] of all) {
    if (kept.length === MOST_COUNT || OWN_NAMES.has(name) || !isSendable(value)) continue;
    const size = Buffer.byteLength(name) + (typeof value === 'string' ? Buffer.byteLength(value) : 8) + 8;
    if (size > left) continue;
    left -= size;
    kept.push([name, value]);
  }
  return { kept: Object.fromEntries(kept), isWhole: kept.length === all.length };
}

function isSendable(value: unknown): value is BusProperty {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value) || value instanceof Date;
}

async function keep(
  { overflow }: UnprocessableDeps,
  path: string,
  content: Buffer,
  contentType: string,
): Promise<string | undefined> {
  return (await overflow?.putOnce(path, content, contentType, {}))?.path;
}

function idOf(
  { queue, reason, messageId, sequenceNumber, properties, bodyType }: UnprocessableMessage,
  body: Buffer,
): string {
  const content = createHash('sha256').update(body).digest('hex');
  return fingerprint({ queue, reason, messageId, sequenceNumber, properties, bodyType, content });
}

/** Sends a message that does not fit its schema to `unprocessable-messages`, naming each member and what is wrong with it. */
export function sendInvalid(
  deps: UnprocessableDeps,
  queue: QueueName,
  error: z.ZodError,
  original: unknown,
): Promise<void> {
  const description = problemsOf(error)
    .map(({ field, message }) => `${field}: ${message}`)
    .join('; ');
  return sendUnprocessable(deps, { queue, reason: 'invalid-message', description, original });
}

const MOST_PROBLEMS = 50;
const LONGEST_PROBLEM = 300;

/** What is wrong with a value, one sentence per member, for the person who sent it. Names are theirs, so they are cut. */
export function problemsOf(error: z.ZodError): { field: string; message: string }[] {
  const problems = error.issues.slice(0, MOST_PROBLEMS).map(({ path, message }) => ({
    field: cutText(path.map(String).join('.') || '(whole)', LONGEST_PROBLEM),
    message: cutText(message, LONGEST_PROBLEM),
  }));
  const more = error.issues.length - problems.length;
  return more > 0 ? [...problems, { field: '(more)', message: `${more} more of its members are wrong` }] : problems;
}
