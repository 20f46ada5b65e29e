import type { ServiceBusClient, ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import { classifyOutage } from '#shared/domain/classify-outage';
import { messageBody, typedValue, type MessageBody, type TypedValue } from './message-body';

/** A message of a dead-letter queue, exactly as the broker has it. */
export interface DeadLetter {
  readonly messageId: string | undefined;
  /** The broker's own number of it: another message never has the same. */
  readonly sequenceNumber: string | undefined;
  readonly contentType: string | undefined;
  readonly correlationId: string | undefined;
  /** Why the broker gave it up, or who moved it here, in the broker's words. */
  readonly reason: string;
  readonly description: string;
  readonly body: MessageBody;
  /** Its application properties, without what the broker and this reader added. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** The same with their AMQP types. */
  readonly typedProperties: TypedValue;
  /** How often its handling has failed before. */
  readonly failures: number;
}

/** How much one run may do. */
interface ReadingLimits {
  /** Messages. */
  readonly most: number;
  readonly milliseconds: number;
}

/**
 * Reads dead-letter queues. A trigger could not: what the host can't convert fails before any code of ours, and a
 * dead-letter queue never gives a message up, so it would circle forever.
 */
export interface DeadLetters {
  /**
   * Hands over what is in a queue's dead-letter queue, several at a time, within the limits. A message is gone once `handle`
   * has returned; one that it throws for stays for the next run, with one failure more unless it is an outage, which also ends
   * the run. Returns how many were handled and
   * what was thrown; rejects when the broker can't be reached, and then some may be handled again.
   */
  read(
    queue: string,
    limits: ReadingLimits,
    handle: (deadLetter: DeadLetter) => Promise<void>,
  ): Promise<{ handled: number; errors: unknown[] }>;
}

const BATCH = 25;
/** How long a run waits for messages: those of a dead-letter queue are there, or not. */
const WAIT_MS = 500;
/** So many messages of one run may be impossible to read. */
const MOST_UNREADABLE = 10;
/** Kept by the broker beside the message, from one run to the next. */
const FAILURES = 'CartageFailures';

export function createDeadLetters(client: ServiceBusClient): DeadLetters {
  /** Queues with a message that can't be read. It comes back whenever its lock ends, so they are read one by one from then on. */
  const withUnreadable = new Set<string>();
  return {
    async read(queue, { most, milliseconds }, handle) {
      const reading = openReading(client, queue, withUnreadable.has(queue));
      const end = performance.now() + milliseconds;
      const failed: { message: ServiceBusReceivedMessage; error: unknown }[] = [];
      let isOutage = false;
      const errors: unknown[] = [];
      let received = 0;
      try {
        while (received < most && performance.now() < end && !isOutage) {
          const batch = await reading.receive(Math.min(BATCH, most - received));
          if (batch.length === 0) break;
          received += batch.length;
          const handlings = await Promise.allSettled(batch.map(async (message) => handle(deadLetterOf(message))));
          for (const [at, message] of batch.entries()) {
            const handling = handlings[at];
            if (handling?.status === 'rejected') {
              failed.push({ message, error: handling.reason });
              errors.push(handling.reason);
              isOutage ||= classifyOutage(handling.reason) !== undefined;
            } else {
              await reading.receiver.completeMessage(message);
            }
          }
        }
        // Only now: what is given back is handed out again at once.
        for (const { message, error } of failed) await giveBack(reading.receiver, message, error);
      } finally {
        await reading.receiver.close();
        if (reading.unreadable.length > 0) withUnreadable.add(queue);
      }
      return { handled: received - failed.length, errors: [...reading.unreadable, ...errors] };
    },
  };
}

/** Where one run receives from. */
interface Reading {
  readonly receiver: ServiceBusReceiver;
  /** What the SDK threw for messages that it can't read. */
  readonly unreadable: readonly unknown[];
  receive(count: number): Promise<ServiceBusReceivedMessage[]>;
}

/**
 * The AMQP library reads nested values by recursion: one that is nested some thousand times makes receiving fail, and with
 * it every other message of the batch. It stays locked for a while then, so that receiving one by one gets past it.
 */
function openReading(client: ServiceBusClient, queue: string, isOneByOne: boolean): Reading {
  const open = () =>
    client.createReceiver(queue, {
      subQueueType: 'deadLetter',
      receiveMode: 'peekLock',
      skipParsingBodyAsJson: true,
      skipConvertingDate: true,
    });
  let receiver = open();
  const unreadable: unknown[] = [];
  return {
    get receiver() {
      return receiver;
    },
    unreadable,
    async receive(count) {
      for (;;) {
        try {
          const most = isOneByOne || unreadable.length > 0 ? 1 : count;
          return await receiver.receiveMessages(most, { maxWaitTimeInMs: WAIT_MS });
        } catch (error) {
          if (!(error instanceof Error && error.name === 'RangeError') || unreadable.length === MOST_UNREADABLE)
            throw error;
          unreadable.push(error);
          await receiver.close();
          receiver = open();
        }
      }
    },
  };
}

/** An outage says nothing about the message, so it is no failure of it. */
function giveBack(receiver: ServiceBusReceiver, received: ServiceBusReceivedMessage, error: unknown): Promise<void> {
  const isFailure = classifyOutage(error) === undefined;
  return receiver.abandonMessage(received, { [FAILURES]: failuresOf(received) + (isFailure ? 1 : 0) });
}

function failuresOf({ applicationProperties = {} }: ServiceBusReceivedMessage): number {
  const count = applicationProperties[FAILURES];
  return typeof count === 'number' ? count : 0;
}

function deadLetterOf(received: ServiceBusReceivedMessage): DeadLetter {
  const {
    DeadLetterReason: reason,
    DeadLetterErrorDescription: description,
    [FAILURES]: _failures,
    ...properties
  } = received.applicationProperties ?? {};
  return {
    messageId: received.messageId?.toString(),
    sequenceNumber: received.sequenceNumber?.toString(),
    contentType: received.contentType,
    correlationId: received.correlationId?.toString(),
    reason: reason?.toString() ?? 'unknown',
    description: description?.toString() ?? 'The broker gave no description.',
    body: messageBody(received),
    properties,
    typedProperties: typedValue(properties),
    failures: failuresOf(received),
  };
}
