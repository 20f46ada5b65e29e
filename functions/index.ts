import { app, type InvocationContext } from '@azure/functions';
import { readConfig } from '#shared/config';
import { queueOf, type QueueName } from '#shared/pipeline/messages';
import { runStage } from '#shared/pipeline/run-stage';
import type { Stage } from '#shared/pipeline/stage';
import { hasWaited, waitOutOutages } from '#shared/pipeline/wait-out-outage';
import { runWatchdog } from '#shared/pipeline/watchdog';
import { cartStage } from './cart/cart.stage';
import { checkoutStage } from './checkout/checkout.stage';
import { discoveryStage } from './discovery/discovery.stage';
import { enablementStage } from './enablement/enablement.stage';
import { answerOutages } from './intake/answer-outages';
import { readPurchase } from './intake/read-purchase';
import { receiveErpOrder } from './intake/receive-erp-order';
import { receiveWebhook } from './intake/receive-webhook';
import { inventoryStage } from './inventory/inventory.stage';
import { harvestInvoice } from './invoices/harvest-invoice';
import { listInvoices } from './invoices/list-invoices';
import { health } from './operators/health';
import { readDeadLetters } from './operators/read-dead-letters';
import { readiness } from './operators/readiness';
import { trackingStage } from './tracking/tracking.stage';
import { compose } from './composition-root';

/** The table of contents: every trigger of Cartage, in the order in which a purchase meets them. */

const connection = 'ServiceBusConnection';
/** An option of the host that the library's types do not have. */
const BINARY: { dataType: 'binary' } = { dataType: 'binary' };
const deps = compose(readConfig());

// Entry points. They check signatures and keys of their own: a function key does not say who is calling.
app.http('receive-webhook', {
  methods: ['POST'],
  route: 'purchases',
  authLevel: 'anonymous',
  handler: answerOutages(receiveWebhook(deps), deps),
});
app.http('read-purchase', {
  methods: ['GET'],
  route: 'purchases/{id}',
  authLevel: 'anonymous',
  handler: answerOutages(readPurchase(deps), deps),
});
onQueue('receive-erp-order', 'purchase-requests', receiveErpOrder(deps));

// The stages of a purchase.
onStage(enablementStage);
onStage(discoveryStage);
onStage(inventoryStage);
onStage(cartStage);
onStage(checkoutStage);
onStage(trackingStage);
onQueue('watchdog', 'purchase-watchdog', runWatchdog(deps));

// Invoices.
app.timer('list-invoices', { schedule: '%InvoiceSchedule%', handler: listInvoices(deps) });
onQueue('harvest-invoice', 'invoice-harvest', harvestInvoice(deps));

// Operators. Every dead-letter queue has a reader, so that nothing ends where nobody looks; why a timer: dead-letters.ts.
app.timer('read-dead-letters', { schedule: '*/15 * * * * *', handler: readDeadLetters(deps) });
app.http('health', { methods: ['GET', 'HEAD'], route: 'health', authLevel: 'anonymous', handler: health });
app.http('readiness', { methods: ['GET'], route: 'health/ready', authLevel: 'function', handler: readiness(deps) });

type QueueHandler = (body: unknown, context: InvocationContext) => Promise<void>;

/**
 * Bodies come as bytes: nothing is read into them, and what can't be processed is kept as it came. In an outage a message
 * waits as a scheduled copy, whichever queue it is on.
 */
function onQueue(name: string, queueName: QueueName, handler: QueueHandler): void {
  app.serviceBusQueue(name, {
    connection,
    queueName,
    handler: waitOutOutages(queueName, handler, deps),
    ...BINARY,
  });
}

function onStage(stage: Stage): void {
  const run = runStage(stage, deps);
  onQueue(stage.name, queueOf[stage.name], (body, context) =>
    run(body, Number(context.triggerMetadata?.['deliveryCount'] ?? 1) > 1 || hasWaited(context)),
  );
}
