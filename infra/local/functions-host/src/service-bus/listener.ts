import { setTimeout as sleep } from 'node:timers/promises';
import type { Listener } from '#listener';
import { category, createProcessor, type ServiceBusOptions } from './processor';
import { createReceiver } from './receive';
import { settlementsOf } from './settlements';
import { subscribe } from './subscribe';

/** How long one look for a batch waits; afterwards it may notice that the host is stopping. */
const batchWait = { maxWaitTimeInMs: 1000 };

/** A look that waits for a broker that died is not waited for when the host stops. */
const receiveLimitMs = 2000;

/** Between two looks for a batch, when the first met an error. */
const pauseAfterErrorMs = 500;

/** Listens to the queue or subscription of one function. */
export function startServiceBusListener(options: ServiceBusOptions): Listener {
  return options.fn.trigger.cardinality === 'many' ? receiveBatches(options) : subscribe(options);
}

/** One batch at a time, without renewal of locks, as the real host does. */
function receiveBatches(options: ServiceBusOptions): Listener {
  const { fn, client, host, log } = options;
  const receiver = createReceiver(client.current(), fn.trigger, host);
  const settlements = settlementsOf(receiver);
  const processor = createProcessor(options);
  const stopping = new AbortController();

  async function receiveOne(): Promise<void> {
    try {
      const messages = await receiver.receiveMessages(host.extensions.serviceBus.maxMessageBatchSize, batchWait);
      if (messages.length > 0) await processor.process(settlements, messages);
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
    async stop() {
      stopping.abort();
      await Promise.race([ended, sleep(receiveLimitMs)]);
      await processor.idle();
    },
    close: () => receiver.close(),
  };
}
