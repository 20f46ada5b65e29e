import { z } from 'zod';
import type { Description } from './definition';

const common = {
  requiresDuplicateDetection: z.boolean(),
  duplicateDetectionHistoryTimeWindow: z.number(),
  defaultMessageTimeToLive: z.number(),
  maxSizeInMegabytes: z.number(),
  maxMessageSizeInKilobytes: z.number(),
};

const queueSettings = z.object({
  ...common,
  lockDuration: z.number(),
  maxDeliveryCount: z.number(),
  requiresSession: z.boolean(),
  deadLetteringOnMessageExpiration: z.boolean(),
  forwardTo: z
    .string()
    .optional()
    .transform((value) => value),
  forwardDeadLetteredMessagesTo: z
    .string()
    .optional()
    .transform((value) => value),
});

const correlation = z.object({
  correlationId: z.string().optional(),
  messageId: z.string().optional(),
  to: z.string().optional(),
  replyTo: z.string().optional(),
  label: z.string().optional(),
  sessionId: z.string().optional(),
  replyToSessionId: z.string().optional(),
  contentType: z.string().optional(),
  properties: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

const filter = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('true') }),
  z.object({ kind: z.literal('false') }),
  z.object({ kind: z.literal('correlation'), filter: correlation }),
  z.object({ kind: z.literal('sql'), expression: z.string() }),
]);

const rule = z.object({
  name: z.string(),
  filter,
  action: z
    .string()
    .optional()
    .transform((value) => value),
});

const times = { createdAt: z.number(), updatedAt: z.number() };

const schema = z.discriminatedUnion('kind', [
  z.object({ ...times, kind: z.literal('queue'), name: z.string(), settings: queueSettings }),
  z.object({ ...times, kind: z.literal('topic'), name: z.string(), settings: queueSettings }),
  z.object({
    ...times,
    kind: z.literal('subscription'),
    topic: z.string(),
    name: z.string(),
    settings: queueSettings,
    rules: z.array(rule),
  }),
]);

/** Reads the description of an entity from the journal. */
export function parseDescription(json: string): Description {
  return schema.parse(JSON.parse(json));
}
