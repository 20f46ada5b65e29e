import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessErrorArgs, ServiceBusClient, ServiceBusReceivedMessage } from '@azure/service-bus';
import type { Listener } from '#listener';
import { category, createProcessor, type ServiceBusOptions } from './processor';
import { createReceiver } from './receive';
import { settlementsOf } from './settlements';

/**
 * A link that is lost is opened again by the SDK, attempt after attempt. An attempt that takes this long waits for an answer that died with
 * the broker, and would do so for a minute.
 */
const silenceLimitMs = 3000;

/** A stuck link closes only when the SDK gives it up; the host does not wait for it. */
const closeLimitMs = 2000;

/** Receives one message per call, up to maxConcurrentCalls at once. */
export function subscribe(options: ServiceBusOptions): Listener {
  const { fn, client, host, log } = options;
  const processor = createProcessor(options);
  const stopping = new AbortController();
  let attach: () => void = () => undefined;
  const attached = new Promise<void>((resolve) => {
    attach = resolve;
  });
  let link = open(client.current());

  /** Receives through a client until the link is closed, or stuck and replaced. */
  function open(through: ServiceBusClient): { close(): Promise<void> } {
    const receiver = createReceiver(through, fn.trigger, host);
    const settlements = settlementsOf(receiver);
    let silence: NodeJS.Timeout | undefined;

    const handlers = {
      processMessage: (message: ServiceBusReceivedMessage) => processor.process(settlements, [message]),
      processError({ error, errorSource }: ProcessErrorArgs) {
        // The SDK asks for the next message even while it is being stopped, and reports that it may not.
        const level = stopping.signal.aborted ? 'debug' : 'error';
        const what = `Message processing error of function ${fn.name} (Action=${errorSource})`;
        log.write(level, category, `${what}: ${error.message}`);
        return Promise.resolve();
      },
      // These two are not in the SDK's types: they are called before each attempt to open the link, and after one that succeeded.
      preInitialize() {
        clearTimeout(silence);
        silence = setTimeout(replace, silenceLimitMs);
        return Promise.resolve();
      },
      postInitialize() {
        clearTimeout(silence);
        attach();
        return Promise.resolve();
      },
    };
    const { maxConcurrentCalls } = host.extensions.serviceBus;
    const subscription = receiver.subscribe(handlers, { autoCompleteMessages: false, maxConcurrentCalls });

    function replace(): void {
      log.write('warning', category, `The connection of function ${fn.name} is stuck and is replaced`);
      void close();
      link = open(client.replace(through));
    }

    async function close(): Promise<void> {
      clearTimeout(silence);
      const closed = subscription.close().catch((error: unknown) => {
        log.write('debug', category, `The link of function ${fn.name} did not close: ${String(error)}`);
      });
      await Promise.race([closed, sleep(closeLimitMs)]);
    }

    return { close };
  }

  return {
    attached,
    async stop() {
      stopping.abort();
      await link.close();
      await processor.idle();
    },
    close: () => Promise.resolve(), // links close with their client
  };
}
