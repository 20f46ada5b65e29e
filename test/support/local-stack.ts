import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { z } from 'zod';
import { eventually } from '@cartage/stack/eventually';
import { postPurchase, readPurchase, sendErpOrder, type Caller, type PurchaseView } from '@cartage/stack/client';
import { readLedger, type LedgerOrder } from '@cartage/stack/instruments';
import { developmentRequesters } from '@cartage/stack/settings';
import { startStack, type Stack } from '@cartage/stack/stack';
import { purchaseIdOf } from '#shared/domain/ids';
import { cloudEvent, type CloudEvent } from '#shared/domain/cloud-event';

/** The whole of Cartage for a test: the stack, a caller at each entry point, and a subscriber to every event. */
export interface LocalStack {
  stack: Stack;
  bus: ServiceBusClient;
  /** Every event received so far, repetitions included. */
  events: CloudEvent[];
  crm: Caller;
  /** Posts a purchase request and answers the purchase's id; throws unless it is accepted. */
  buy(id: string, request: unknown): Promise<string>;
  /** Puts a request on the ERP queue and answers the id its purchase will have. */
  order(id: string, body: string): Promise<string>;
  /** The purchase once it is over or held. */
  ending(purchaseId: string): Promise<PurchaseView>;
  /** What Partner Center's ledger has of a purchase's cart. */
  ordersOf(view: PurchaseView): Promise<LedgerOrder[]>;
  stop(): Promise<void>;
}

const accepted = z.object({ purchaseId: z.string() });

/** Purchases of the tests are over in seconds; a stack under load may need a while. */
const LIMIT_MS = 60_000;

export async function startLocalStack(
  options: Omit<Parameters<typeof startStack>[0], 'dataDir' | 'ports' | 'log'> = {},
): Promise<LocalStack> {
  const dataDir = mkdtempSync(join(tmpdir(), 'cartage-test-'));
  const log: string[] = [];
  const stack = await startStack({
    ...options,
    dataDir,
    ports: 'free',
    log: (part, line) => log.push(`${part}| ${line}`),
  });
  const bus = new ServiceBusClient(stack.serviceBusConnection, {
    retryOptions: { retryDelayInMs: 200, maxRetries: 20 },
  });
  const events: CloudEvent[] = [];
  const subscriber = bus.createReceiver('order-events', 'audit');
  subscriber.subscribe({
    processMessage: async ({ body }: ServiceBusReceivedMessage) => void events.push(cloudEvent.parse(body)),
    processError: async () => undefined,
  });
  const { crm, erp } = developmentRequesters;
  const crmCaller = { functionsUrl: stack.functionsUrl, signingSecret: crm.signingSecret, readKey: crm.readKey };
  const readers = [crm.readKey, erp.readKey].map((readKey) => ({ functionsUrl: stack.functionsUrl, readKey }));

  async function view(purchaseId: string): Promise<PurchaseView | undefined> {
    for (const reader of readers) {
      const found = await readPurchase(reader, purchaseId).catch(() => undefined);
      if (found) return found;
    }
    return undefined;
  }

  return {
    stack,
    bus,
    events,
    crm: crmCaller,
    async buy(id, request) {
      const answer = await postPurchase(crmCaller, id, JSON.stringify(request));
      if (answer.status !== 202) throw new Error(`answered ${answer.status}: ${await answer.text()}`);
      return accepted.parse(await answer.json()).purchaseId;
    },
    async order(id, body) {
      await sendErpOrder(bus, erp.signingSecret, id, body);
      return purchaseIdOf(erp.id, id);
    },
    ending: (purchaseId) =>
      eventually(
        `the end of ${purchaseId}`,
        async () => {
          const found = await view(purchaseId);
          return found?.status === 'open' ? undefined : found;
        },
        LIMIT_MS,
      ).catch((error: unknown) => {
        throw new Error(
          `${String(error)}\n${log
            .filter((line) => !line.includes('read-purchase'))
            .slice(-40)
            .join('\n')}`,
        );
      }),
    ordersOf: async ({ cart }) =>
      (await readLedger(stack)).filter(({ cartId }) => cart !== undefined && cartId === cart.id),
    async stop() {
      await subscriber.close();
      await bus.close();
      await stack.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
