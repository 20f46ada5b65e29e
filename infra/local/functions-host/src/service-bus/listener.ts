import { setTimeout as sleep } from 'node:timers/promises';
import type { Listener } from '#invocation/listener';
import { errorMessage } from '#log/describe-error';
import { LOG_CATEGORY, createProcessor, type ServiceBusOptions } from './processor';
import { createReceiver } from './receive';
import { settlementsOf } from './settlements';
import { subscribe } from './subscribe';

/** How long one attempt to receive a batch waits for messages; a host that stops waits for its end, so that no message is lost on the way. */
const BATCH_WAIT_MS = 500;

/** The host does not wait longer than this for an attempt to receive: the broker may have died. */
const RECEIVE_LIMIT_MS = 2000;

/** The pause after an attempt that failed. */
const PAUSE_AFTER_ERROR_MS = 500;

/** Listens to the queue or subscription of one function. */
export function startServiceBusListener(options: ServiceBusOptions): Listener {
  return options.fn.trigger.cardinality === 'many' ? receiveBatches(options) : subscribe(options);
}

/** Receives one batch at a time, without renewing locks, as the real host does. */
function receiveBatches(options: ServiceBusOptions): Listener {
  const { fn, client, host, log } = options;
  const receiver = createReceiver(client.current(), fn.trigger, host);
  const settlements = settlementsOf(receiver);
  const processor = createProcessor(options);
  const stopping = new AbortController();
  const { maxMessageBatchSize } = host.extensions.serviceBus;

  async function receiveOne(): Promise<void> {
    try {
      const messages = await receiver.receiveMessages(maxMessageBatchSize, { maxWaitTimeInMs: BATCH_WAIT_MS });
      if (messages.length > 0) await processor.process(settlements, messages);
    } catch (error) {
      const what = `Receiving a batch for function ${fn.name} failed and will be tried again`;
      log.write('error', LOG_CATEGORY, `${what}: ${errorMessage(error)}`);
      await sleep(PAUSE_AFTER_ERROR_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
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
      await Promise.race([ended, sleep(RECEIVE_LIMIT_MS)]);
      await processor.idle();
    },
    settled: () => processor.settled(),
    close: () => receiver.close(),
  };
}
