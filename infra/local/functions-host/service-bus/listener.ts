import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessErrorArgs, ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import type { Listener } from '#local/functions-host/listener';
import { category, createProcessor, type Processor, type ServiceBusOptions } from './processor';
import { createReceiver } from './receive';

/** How long one look for a batch waits; afterwards it may notice that the host is stopping. */
const batchWait = { maxWaitTimeInMs: 1000 };

/** Between two looks for a batch, when the first met an error. */
const pauseAfterErrorMs = 500;

/** Listens to the queue or subscription of one function. */
export function startServiceBusListener(options: ServiceBusOptions): Listener {
  const receiver = createReceiver(options.client, options.fn.trigger, options.host);
  const processor = createProcessor(options, receiver);
  const listen = options.fn.trigger.cardinality === 'many' ? receiveBatches : subscribe;
  return { ...listen(options, receiver, processor), close: () => receiver.close() };
}

type Listen = (
  options: ServiceBusOptions,
  receiver: ServiceBusReceiver,
  processor: Processor,
) => Pick<Listener, 'attached' | 'stop'>;

/** A link whose broker died while it was opened again closes only when the SDK gives it up, after a minute. */
const closeLimitMs = 2000;

/** One message per call, up to maxConcurrentCalls at once. */
const subscribe: Listen = ({ fn, host, log }, receiver, processor) => {
  const stopping = new AbortController();
  let attach: () => void = () => undefined;
  const attached = new Promise<void>((resolve) => {
    attach = resolve;
  });
  const handlers = {
    processMessage: (message: ServiceBusReceivedMessage) => processor.process([message]),
    processError({ error, errorSource }: ProcessErrorArgs) {
      // The SDK asks for the next message even while it is being stopped, and reports that it may not.
      const level = stopping.signal.aborted ? 'debug' : 'error';
      const what = `Message processing error of function ${fn.name} (Action=${errorSource})`;
      log.write(level, category, `${what}: ${error.message}`);
      return Promise.resolve();
    },
    /** Not in the SDK's types: called each time the link has been opened. */
    postInitialize() {
      attach();
      return Promise.resolve();
    },
  };
  const subscription = receiver.subscribe(handlers, {
    autoCompleteMessages: false,
    maxConcurrentCalls: host.extensions.serviceBus.maxConcurrentCalls,
  });
  return {
    attached,
    async stop() {
      stopping.abort();
      await Promise.race([subscription.close(), sleep(closeLimitMs)]);
      await processor.idle();
    },
  };
};

/** One batch at a time, without renewal of locks, as the real host does. */
const receiveBatches: Listen = ({ fn, host, log }, receiver, processor) => {
  const stopping = new AbortController();

  async function receiveOne(): Promise<void> {
    try {
      const messages = await receiver.receiveMessages(host.extensions.serviceBus.maxMessageBatchSize, batchWait);
      if (messages.length > 0) await processor.process(messages);
    } catch (error) {
      const what = `Receiving a batch for function ${fn.name} failed and is tried again`;
      log.write('error', category, `${what}: ${String(error)}`);
      await sleep(pauseAfterErrorMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) await receiveOne();
  }

  const ended = loop();
  return {
    attached: Promise.resolve(),
    stop() {
      stopping.abort();
      return ended;
    },
  };
};
