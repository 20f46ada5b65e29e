import type { DeadLetter } from '#shared/azure/dead-letters';
import type { MessageBody } from '#shared/azure/message-body';
import { cutText } from '#shared/domain/cut-text';
import { defined } from '#shared/domain/defined';
import { sendUnprocessable } from '#shared/pipeline/unprocessable-message';
import { watchdogMessage, queueOf, stageMessage, type QueueName, type StageMessage } from '#shared/pipeline/messages';
import { messageJson } from '#shared/pipeline/message-bytes';
import { sendPending } from '#shared/pipeline/outbox';
import { isAt } from '#shared/pipeline/run-stage';
import { scheduleWatchdog } from '#shared/pipeline/watchdog';
import { runCommand, type CommandDeps } from './run-command';

/**
 * A dead letter whose handling failed so often ends among the unprocessable messages whatever it is: read every 15 seconds,
 * that is two hours; an outage does not count. Its purchase is not lost by that: the watchdog goes on with it.
 */
export const MOST_FAILURES = 480;

/**
 * What becomes of a native dead letter of the pipeline: a message that failed again and again, or grew too old. One of a
 * stage holds its purchase, so that an operator sees it; a watchdog is scheduled again; every other one goes to
 * `unprocessable-messages`, once, as it was.
 */
export function receiveDeadLetter(queue: QueueName, deps: CommandDeps): (deadLetter: DeadLetter) => Promise<void> {
  return async (deadLetter) => {
    const { reason, description, messageId, body, failures } = deadLetter;
    deps.log('error', 'dead letter', {
      queue,
      reason: cutText(reason, 200),
      description: cutText(description, 1000),
      messageId: messageId === undefined ? undefined : cutText(messageId, 128),
      body: body.kind,
    });
    if (failures >= MOST_FAILURES) {
      return sendOn(queue, deadLetter, `${whyOf(deadLetter)} Handling it failed ${failures} times: see the log.`, deps);
    }
    const content = body.kind === 'bytes' ? messageJson(body.bytes) : undefined;
    const message = stageMessage.safeParse(content);
    if (message.success && queueOf[message.data.stage] === queue) {
      return holdPurchase(message.data, `${reason}: ${description}`, deps);
    }
    const watchdog = watchdogMessage.safeParse(content);
    if (watchdog.success && queue === 'purchase-watchdog') {
      // A watchdog must not stop because the table could not be read, say in an outage.
      return scheduleWatchdog(deps, watchdog.data.purchaseId, watchdog.data.tick + 1, watchdog.data.seenVersion);
    }
    await sendOn(queue, deadLetter, whyOf(deadLetter), deps);
  };
}

function sendOn(queue: QueueName, deadLetter: DeadLetter, description: string, deps: CommandDeps): Promise<void> {
  const { messageId, sequenceNumber, contentType, properties, typedProperties, body } = deadLetter;
  return sendUnprocessable(deps, {
    queue,
    reason: 'dead-letter',
    description,
    properties,
    typedProperties,
    ...(body.kind === 'bytes'
      ? { original: body.bytes, ...defined({ contentType }) }
      : { original: Buffer.from(JSON.stringify(body.typed)), bodyType: body.kind }),
    ...defined({ messageId, sequenceNumber }),
  });
}

/** Why it is here: the broker's reason, and what the sender can do where the body explains it. */
function whyOf({ reason, description, body }: DeadLetter): string {
  return `${reason}: ${description}${adviceOn(body)}`;
}

function adviceOn(body: MessageBody): string {
  if (body.kind === 'bytes') return '';
  const what = body.kind === 'amqp-sequence' ? 'sequence' : `value (${body.typed.amqp})`;
  return ` Its body is an AMQP ${what}, which no function can take: send JSON as bytes (in JMS a BytesMessage).`;
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
