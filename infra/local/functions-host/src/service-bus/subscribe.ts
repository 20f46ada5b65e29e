import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessErrorArgs, ServiceBusClient, ServiceBusReceivedMessage } from '@azure/service-bus';
import type { Listener } from '#invocation/listener';
import { errorMessage } from '#log/describe-error';
import { LOG_CATEGORY, createProcessor, type ServiceBusOptions } from './processor';
import { createReceiver } from './receive';
import { settlementsOf } from './settlements';

/**
 * The SDK tries again and again to open a link that was lost. An attempt that takes longer than this waits for an answer that was lost
 * when the broker died, and would wait for a minute.
 */
const OPEN_LIMIT_MS = 3000;

/** A link that is stuck closes only when the SDK gives up; the host does not wait for that. */
const CLOSE_LIMIT_MS = 2000;

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

  /** Receives through a client until the link is closed, or is stuck and gets replaced. */
  function open(through: ServiceBusClient): { close(): Promise<void> } {
    const receiver = createReceiver(through, fn.trigger, host);
    const settlements = settlementsOf(receiver);
    let opening: NodeJS.Timeout | undefined;

    const handlers = {
      processMessage: (message: ServiceBusReceivedMessage) => processor.process(settlements, [message]),
      processError({ error, errorSource }: ProcessErrorArgs) {
        // The SDK still asks for the next message while it stops, and reports that as an error.
        const level = stopping.signal.aborted ? 'debug' : 'error';
        const what = `Message processing error of function ${fn.name} (Action=${errorSource})`;
        log.write(level, LOG_CATEGORY, `${what}: ${error.message}`);
        return Promise.resolve();
      },
      // These two are not in the SDK's types: they are called before each attempt to open the link, and after one that succeeded.
      preInitialize() {
        clearTimeout(opening);
        opening = setTimeout(replace, OPEN_LIMIT_MS);
        return Promise.resolve();
      },
      postInitialize() {
        clearTimeout(opening);
        attach();
        return Promise.resolve();
      },
    };
    const { maxConcurrentCalls } = host.extensions.serviceBus;
    const subscription = receiver.subscribe(handlers, { autoCompleteMessages: false, maxConcurrentCalls });

    function replace(): void {
      log.write('warning', LOG_CATEGORY, `The connection of function ${fn.name} is stuck and is replaced`);
      void close();
      link = open(client.replace(through));
    }

    async function close(): Promise<void> {
      clearTimeout(opening);
      const closed = subscription.close().catch((error: unknown) => {
        log.write('debug', LOG_CATEGORY, `The link of function ${fn.name} did not close: ${errorMessage(error)}`);
      });
      await Promise.race([closed, sleep(CLOSE_LIMIT_MS)]);
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
    settled: () => processor.settled(),
    close: () => Promise.resolve(), // links close with their client
  };
}
