import { z } from 'zod';
import type { Bus } from '#shared/azure/bus';
import { cutText } from '#shared/domain/cut-text';
import { defined } from '#shared/domain/defined';
import { fingerprint } from '#shared/domain/fingerprint';
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
  readonly original: unknown;
  /** The id that its sender gave it, where it had one. */
  readonly messageId?: string;
  /** Its application properties: what it takes to send it again. */
  readonly properties?: MessageProperties;
}

type MessageProperties = z.infer<typeof messageProperties>;

const sendable = z.union([z.string(), z.number(), z.boolean()]);

/** A message's application properties as the host hands them over; what can't be sent on is left out. */
export const messageProperties = z
  .record(z.string(), z.unknown())
  .default({})
  .transform((all) =>
    Object.fromEntries(
      Object.entries(all).flatMap(([name, value]) => {
        const { data } = sendable.safeParse(value);
        return data === undefined ? [] : [[name, data] as const];
      }),
    ),
  );

/** Sends a message to `unprocessable-messages`, with the reason as application properties. The same message always has the same id. */
export function sendUnprocessable(
  bus: Bus,
  { queue, reason, description, original, messageId, properties = {} }: UnprocessableMessage,
): Promise<void> {
  return bus.send('unprocessable-messages', {
    messageId: fingerprint({ queue, reason, original, messageId }),
    subject: reason,
    body: cut(original),
    properties: shortProperties({
      ...properties,
      DeadLetterReason: reason,
      DeadLetterErrorDescription: description,
      queue,
      ...defined({ originalMessageId: messageId }),
    }),
  });
}

/** What is sent must fit into a message whatever it is about; as JSON a text may grow to several times its size. */
const LONGEST_ORIGINAL = 100_000;
/** What was longer than this in the original is of no use for sending it again. */
const LONGEST_PROPERTY = 1024;

function shortProperties(properties: MessageProperties): MessageProperties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name,
      typeof value === 'string' ? cutText(value, LONGEST_PROPERTY) : value,
    ]),
  );
}

function cut(original: unknown): unknown {
  const json = JSON.stringify(original) ?? '';
  return Buffer.byteLength(json) <= LONGEST_ORIGINAL
    ? original
    : { cutFrom: json.length, begins: cutText(json, 10_000) };
}

/** Sends a message that does not fit its schema to `unprocessable-messages`, naming each member and what is wrong with it. */
export function sendInvalid(bus: Bus, queue: QueueName, error: z.ZodError, original: unknown): Promise<void> {
  const description = problemsOf(error)
    .map(({ field, message }) => `${field}: ${message}`)
    .join('; ');
  return sendUnprocessable(bus, { queue, reason: 'invalid-message', description, original });
}

/** What is wrong with a value, one sentence per member, for the person who sent it. */
export function problemsOf(error: z.ZodError): { field: string; message: string }[] {
  return error.issues.map(({ path, message }) => ({ field: path.map(String).join('.') || '(whole)', message }));
}
