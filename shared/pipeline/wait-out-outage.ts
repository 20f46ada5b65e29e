import { z } from 'zod';
import type { Bus, BusMessage } from '#shared/azure/bus';
import { classifyOutage, type Outage } from '#shared/domain/classify-outage';
import { defined } from '#shared/domain/defined';
import { fingerprint } from '#shared/domain/fingerprint';
import type { Log } from '#shared/log';
import type { QueueName } from './messages';
import type { PipelineSettings } from './settings';

export interface OutageDeps {
  readonly bus: Bus;
  readonly log: Log;
  readonly settings: Pick<PipelineSettings, 'outagePausesSeconds'>;
  now(): Date;
  /** Resolves after so many seconds. */
  pause(seconds: number): Promise<void>;
}

/** What the host tells a function of its message: of an InvocationContext the part that is needed. */
interface MessageContext {
  triggerMetadata?: Record<string, unknown>;
}

type Handler<Context> = (body: unknown, context: Context) => Promise<void>;

/**
 * How long a message is kept in hand while the bus itself is away, in seconds from the start of its handler. Then it is given back, which
 * costs one of its ten deliveries. Below host.json's functionTimeout and maxAutoLockRenewalDuration, five minutes each.
 */
const IN_HAND_SECONDS = 200;
/** Between two tries to schedule the copy of a message in hand. */
const RETRY_SECONDS = 5;
/** With five minutes each, more than three days: what still fails then is taken for a bug, and ends as a dead letter. */
const MOST_COPIES = 1000;
/** What a MessageId may hold (page "Service Bus quotas and limits": 128 characters), with room for the copy's number. */
const LONGEST_ID = 110;

/** The application properties of a copy: which copy of the message it is, and what the message was in the first place. */
const COPY = { number: 'outageAttempt', id: 'outageMessageId', since: 'outageSince' } as const;

const delivery = z.object({
  messageId: z.coerce.string().optional().catch(undefined),
  correlationId: z.string().optional().catch(undefined),
  subject: z.string().optional().catch(undefined),
  contentType: z.string().optional().catch(undefined),
  enqueuedTimeUtc: z.coerce.date().optional().catch(undefined),
  applicationProperties: z.record(z.string(), z.unknown()).catch({}),
});

interface Original {
  readonly id: string;
  /** The copies made of it so far. */
  readonly copies: number;
  /** When it was put on the queue in the first place; ISO 8601. */
  readonly since: string;
  readonly envelope: Omit<BusMessage, 'messageId' | 'body' | 'notBefore'>;
  readonly properties: Record<string, string | number | boolean>;
}

/**
 * The handler of a queue, spared from outages: when what it leans on is away (`classifyOutage`), a copy of its message is scheduled, with
 * growing pauses, and the message is done with. The copy has the same body and properties, and so the same attempt; its own id keeps it
 * from being dropped as a duplicate. The handler sees the id and the time of the first message. Whatever else is thrown is thrown on.
 */
export function waitOutOutages<Context extends MessageContext>(
  queue: QueueName,
  handler: Handler<Context>,
  deps: OutageDeps,
): Handler<Context> {
  return async (body, context) => {
    const started = deps.now().getTime();
    const original = originalOf(body, context, deps.now());
    if (original.copies > 0) {
      const { id: messageId, since: enqueuedTimeUtc, properties: applicationProperties } = original;
      context.triggerMetadata = { ...context.triggerMetadata, messageId, enqueuedTimeUtc, applicationProperties };
    }
    try {
      await handler(body, context);
    } catch (error) {
      const outage = classifyOutage(error);
      if (outage === undefined || original.copies >= MOST_COPIES) throw error;
      await sendCopy(queue, body, original, outage, started, deps);
    }
  };
}

/** Whether a message is a copy that has waited: what its snapshot says may be done already. */
export function hasWaited({ triggerMetadata }: MessageContext): boolean {
  const { applicationProperties } = delivery.parse(triggerMetadata ?? {});
  return applicationProperties[COPY.number] !== undefined;
}

/** Schedules the copy. While the bus is away the message is kept in hand; then the outage is thrown, and the broker has it again. */
async function sendCopy(
  queue: QueueName,
  body: unknown,
  original: Original,
  outage: Outage,
  started: number,
  deps: OutageDeps,
): Promise<void> {
  const number = original.copies + 1;
  for (;;) {
    const seconds = pauseBefore(number, original.id, deps.settings.outagePausesSeconds);
    try {
      await deps.bus.send(queue, {
        ...original.envelope,
        messageId: copyId(original.id, number),
        body,
        properties: {
          ...original.properties,
          [COPY.number]: number,
          [COPY.id]: original.id,
          [COPY.since]: original.since,
        },
        notBefore: new Date(deps.now().getTime() + seconds * 1000),
      });
      return deps.log('warn', 'outage; the message waits', { queue, code: outage.code, copy: number, seconds });
    } catch (error) {
      const inHand = (deps.now().getTime() - started) / 1000;
      if (classifyOutage(error) === undefined || inHand + RETRY_SECONDS > IN_HAND_SECONDS) throw error;
      await deps.pause(RETRY_SECONDS);
    }
  }
}

function originalOf(body: unknown, { triggerMetadata }: MessageContext, now: Date): Original {
  const { messageId, enqueuedTimeUtc, applicationProperties, ...envelope } = delivery.parse(triggerMetadata ?? {});
  const { [COPY.number]: copies, [COPY.id]: id, [COPY.since]: since, ...properties } = applicationProperties;
  return {
    id: typeof id === 'string' ? id : (messageId ?? fingerprint(body)),
    copies: typeof copies === 'number' && copies > 0 ? copies : 0,
    since: typeof since === 'string' ? since : (enqueuedTimeUtc ?? now).toISOString(),
    envelope: defined(envelope),
    properties: sendable(properties),
  };
}

/** What the host hands over of a property is text, a number or a truth; whatever else it may be can't be sent on. */
function sendable(properties: Record<string, unknown>): Original['properties'] {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [[name, value]] : [],
    ),
  );
}

function copyId(id: string, number: number): string {
  return `${id.length <= LONGEST_ID ? id : fingerprint(id)}~outage-${number}`;
}

/** The last pause repeats. A little different for each message, so that those who failed together don't return together. */
function pauseBefore(number: number, id: string, pauses: readonly number[]): number {
  const pause = pauses[Math.min(number, pauses.length) - 1] ?? RETRY_SECONDS;
  const spread = 1 + Number.parseInt(fingerprint(id).slice(0, 2), 16) / 1024;
  return Math.round(pause * spread * 10) / 10;
}
