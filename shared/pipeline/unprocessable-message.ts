import { z } from 'zod';
import type { Bus } from '#shared/azure/bus';
import { cutText } from '#shared/domain/cut-text';
import { fingerprint } from '#shared/domain/fingerprint';

/** A message that can't be processed, whatever one does: what it was, where it was read, and why it failed. */
export interface FailedLetter {
  queue: string;
  reason:
    | 'dead-letter'
    | 'not-json'
    | 'bad-signature'
    | 'invalid-request'
    | 'conflict'
    | 'unknown-purchase'
    | 'invalid-message';
  description: string;
  original: unknown;
  /** The id that its sender gave it, where it had one. */
  messageId?: string;
  /** Its application properties: what it takes to send it again. */
  properties?: MessageProperties;
}

type MessageProperties = z.infer<typeof messageProperties>;

const sendable = z.union([z.string(), z.number(), z.boolean()]);

/** A message's application properties as the host tells them; what can't be sent on is left out. */
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

/** Sends a letter to `purchase-failed`, with the reason as application properties. The same letter always has the same id. */
export function sendFailedLetter(
  bus: Bus,
  { queue, reason, description, original, messageId, properties = {} }: FailedLetter,
): Promise<void> {
  return bus.send('purchase-failed', {
    messageId: fingerprint({ queue, reason, original, messageId }),
    subject: reason,
    body: cut(original),
    properties: shortProperties({
      ...properties,
      DeadLetterReason: reason,
      DeadLetterErrorDescription: description,
      queue,
      ...(messageId === undefined ? {} : { originalMessageId: messageId }),
    }),
  });
}

/** A letter must fit into a message whatever it is about; as JSON a text may grow to several times its size. */
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

/** What is wrong with a value, one sentence per member, for the person who sent it. */
export function problemsOf(error: z.ZodError): { field: string; message: string }[] {
  return error.issues.map(({ path, message }) => ({ field: path.map(String).join('.') || '(whole)', message }));
}
