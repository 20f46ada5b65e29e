import type {
  ProcessErrorArgs,
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from '@azure/service-bus';
import type { HostedFunction, ServiceBusTrigger } from '#local/functions-host/bindings';
import type { Execute } from '#local/functions-host/execute';
import type { HostJson } from '#local/functions-host/host-json';
import { createInFlight } from '#local/functions-host/in-flight';
import type { Listener } from '#local/functions-host/listener';
import type { HostLog } from '#local/functions-host/log';
import type { InvocationRequest } from '#local/functions-host/worker/rpc';
import { invocationRequest } from '#local/functions-host/worker/worker';
import { toBatchInput, toBatchMetadata, toInput, toMetadata } from './convert';
import { createReceiver, entityName } from './receive';
import { createSettlementGate, type Outcome } from './settlement-gate';

export interface ServiceBusOptions {
  fn: HostedFunction<ServiceBusTrigger>;
  client: ServiceBusClient;
  host: HostJson;
  execute: Execute;
  log: HostLog;
}

const category = 'Host.Triggers.ServiceBus';

/** How long one look for a batch may wait before it notices that the host is stopping. */
const batchWait = { maxWaitTimeInMs: 1000 };

/** Listens to the queue or subscription of one function. */
export function startServiceBusListener(options: ServiceBusOptions): Listener {
  const receiver = createReceiver(options.client, options.fn.trigger, options.host);
  const process = createProcessor(options, receiver);
  const stop =
    options.fn.trigger.cardinality === 'many'
      ? receiveBatches(options, receiver, process)
      : subscribe(options, receiver, process);
  return { stop, close: () => receiver.close() };
}

type Process = (messages: ServiceBusReceivedMessage[]) => Promise<void>;

/**
 * Runs the function and settles what it was given: completed when it returns, abandoned when it throws, whatever autoCompleteMessages says;
 * the broker counts the deliveries and dead-letters.
 */
function createProcessor({ fn, host, execute, log }: ServiceBusOptions, receiver: ServiceBusReceiver): Process {
  const gate = createSettlementGate();
  const autoComplete = fn.trigger.autoCompleteMessages ?? host.extensions.serviceBus.autoCompleteMessages;
  const reason = `(null)New ServiceBus message detected on '${entityName(fn.trigger)}'.`;

  async function run(messages: ServiceBusReceivedMessage[]): Promise<Outcome> {
    const request = convert(messages);
    if (request === undefined) return 'abandon';
    return execute(fn, request, reason).then(
      () => 'complete',
      () => 'abandon', // what was thrown is in the log
    );
  }

  function convert(messages: ServiceBusReceivedMessage[]): InvocationRequest | undefined {
    try {
      return toRequest(fn, messages);
    } catch (error) {
      log.write('error', `Function.${fn.name}`, `Exception binding parameter '${fn.bindingName}': ${String(error)}`);
      return undefined;
    }
  }

  return async (messages) => {
    const outcome = await run(messages);
    if (outcome === 'complete' && !autoComplete) return;
    const settle = (message: ServiceBusReceivedMessage): Promise<void> =>
      gate(outcome, () =>
        outcome === 'complete' ? receiver.completeMessage(message) : receiver.abandonMessage(message),
      );
    for (const settled of await Promise.allSettled(messages.map(settle))) {
      if (settled.status === 'rejected') {
        log.write(
          'error',
          category,
          `Message of function ${fn.name} was not settled (${outcome}); it will come again: ${String(settled.reason)}`,
        );
      }
    }
  };
}

/** Throws when the message does not fit what the function asks for; the message is abandoned then. */
function toRequest(
  { registered, bindingName, trigger }: HostedFunction<ServiceBusTrigger>,
  messages: ServiceBusReceivedMessage[],
): InvocationRequest {
  const [message] = messages;
  if (trigger.cardinality === 'many' || message === undefined) {
    return invocationRequest(registered, bindingName, toBatchInput(messages, trigger.dataType), {
      triggerMetadata: toBatchMetadata(messages),
    });
  }
  const input = toInput(message, trigger.dataType);
  const diagnosticId: unknown = message.applicationProperties?.['Diagnostic-Id'];
  return invocationRequest(registered, bindingName, input, {
    triggerMetadata: toMetadata(message, input),
    ...(typeof diagnosticId === 'string' && { traceParent: diagnosticId }),
  });
}

/** One message per call, up to maxConcurrentCalls at once. */
function subscribe(
  { fn, host, log }: ServiceBusOptions,
  receiver: ServiceBusReceiver,
  process: Process,
): () => Promise<void> {
  const inFlight = createInFlight();
  const subscription = receiver.subscribe(
    {
      processMessage: (message) => inFlight.track(process([message])),
      processError: (args) => {
        reportError(log, fn, args);
        return Promise.resolve();
      },
    },
    { autoCompleteMessages: false, maxConcurrentCalls: host.extensions.serviceBus.maxConcurrentCalls },
  );
  return async () => {
    await subscription.close();
    await inFlight.idle();
  };
}

/** One batch at a time, without renewal of locks, as the real host does. */
function receiveBatches(
  { fn, host, log }: ServiceBusOptions,
  receiver: ServiceBusReceiver,
  process: Process,
): () => Promise<void> {
  const stopping = new AbortController();

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const messages = await receiver.receiveMessages(host.extensions.serviceBus.maxMessageBatchSize, batchWait);
        if (messages.length > 0) await process(messages);
      } catch (error) {
        log.write(
          'error',
          category,
          `Receiving a batch for function ${fn.name} failed and is tried again: ${String(error)}`,
        );
      }
    }
  }

  const ended = loop();
  return () => {
    stopping.abort();
    return ended;
  };
}

function reportError(log: HostLog, fn: HostedFunction, { error, errorSource }: ProcessErrorArgs): void {
  log.write(
    'error',
    category,
    `Message processing error of function ${fn.name} (Action=${errorSource}): ${error.message}`,
  );
}
