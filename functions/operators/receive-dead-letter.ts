import type { InvocationContext } from '@azure/functions';
import { z } from 'zod';
import { defined } from '#shared/domain/defined';
import { messageProperties, sendUnprocessable } from '#shared/pipeline/unprocessable-message';
import { watchdogMessage, queueOf, stageMessage, type QueueName, type StageMessage } from '#shared/pipeline/messages';
import { messageBytes } from '#shared/pipeline/message-bytes';
import { sendPending } from '#shared/pipeline/outbox';
import { isAt } from '#shared/pipeline/run-stage';
import { scheduleWatchdog } from '#shared/pipeline/watchdog';
import { runCommand, type CommandDeps } from './run-command';

/** What the broker says of a dead letter; the body arrives as bytes. Its reason is among the application properties. */
const delivery = z.object({ messageId: z.coerce.string().optional(), applicationProperties: messageProperties });

/**
 * Reads a native dead-letter queue of the pipeline: messages that failed again and again, or grew too old. One of a stage
 * holds its purchase, so that an operator sees it; a watchdog is scheduled again; every other one goes to
 * `unprocessable-messages`. Nothing in a message makes this fail: a dead-letter queue has no other reader.
 */
export function receiveDeadLetter(
  queue: QueueName,
  deps: CommandDeps,
): (body: unknown, context: InvocationContext) => Promise<void> {
  return async (body, context) => {
    const { messageId, applicationProperties } = delivery.parse(context.triggerMetadata ?? {});
    const {
      deadLetterReason: reason = 'unknown',
      deadLetterErrorDescription: description = 'The broker gave no description.',
      ...properties
    } = applicationProperties;
    deps.log('error', 'dead letter', { queue, reason, description, messageId });
    const original = messageBytes(body).toString('utf8');
    const content = parseJson(original);
    const message = stageMessage.safeParse(content);
    if (message.success && queueOf[message.data.stage] === queue) {
      return holdPurchase(message.data, `${reason}: ${description}`, deps);
    }
    const watchdog = watchdogMessage.safeParse(content);
    if (watchdog.success && queue === 'purchase-watchdog') {
      // A watchdog must not stop because the table could not be read, say in an outage.
      return scheduleWatchdog(deps, watchdog.data.purchaseId, watchdog.data.tick + 1, watchdog.data.seenVersion);
    }
    await sendUnprocessable(deps.bus, {
      queue,
      reason: 'dead-letter',
      description: `${reason}: ${description}`,
      original,
      properties,
      ...defined({ messageId }),
    });
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Holds the purchase if it still waits for this very message. Otherwise that step was done, but what it promised may
 * never have been sent: it is sent again with the same ids, as a redelivery would have done.
 */
async function holdPurchase(message: StageMessage, why: string, deps: CommandDeps): Promise<void> {
  const { purchaseId, stage, attempt } = message;
  const act = await runCommand(
    purchaseId,
    async (stored) => {
      if (!isAt(stored.purchase, message)) {
        await sendPending(deps.bus, stored);
        return { kind: 'not-possible', why: 'moved on' };
      }
      return {
        kind: 'hold',
        reason: {
          code: 'dead-letter',
          message: `The message to stage ${stage} was given up (${why}).`,
          advice: 'Find the cause in the log, correct it, then resume the purchase.',
        },
      };
    },
    deps,
  );
  if (act.kind === 'not-possible')
    deps.log('info', 'dead letter of a purchase that moved on', { purchaseId, stage, attempt });
}
