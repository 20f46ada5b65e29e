import { z } from 'zod';
import { amendInvoices } from '#billing/amend-invoices';
import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import { audit, orderData } from '#rules/audit';
import type { Order, OrderLine } from '#store/records';
import { announce, subscriptionUri } from '#webhooks/announce';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { refusal } from '#wire/refusal';
import { customerOf } from './customer-of';
import { isSaas, orderBody } from './order-body';
import { orderOf } from './orders';

/** Cancellation (pages "cancel-software-purchases", "cancel-an-order-from-the-integration-sandbox"). */
export const cancellationRoutes: readonly Route[] = [
  {
    name: 'cancelOrder',
    method: 'PATCH',
    path: '/v1/customers/{customerId}/orders/{orderId}',
    access: 'token',
    throttle: 'tenant',
    exclusive: 'orderId',
    answer: cancel,
  },
];

const requestSchema = z.object({
  id: z.string().optional(),
  status: z.string(),
  lineItems: z.array(z.object({ lineItemNumber: z.coerce.number().int(), offerId: z.string().optional() })).nullish(),
});
type Request = z.infer<typeof requestSchema>;

function cancel(call: Call, context: SandboxContext): Answer {
  const customer = customerOf(call, context);
  const order = orderOf(call, context);
  const request = call.body(requestSchema);
  if (request.status.toLowerCase() !== 'cancelled') throw refusal('invalidInput', 'status must be cancelled.');
  const chosen = chosenLines(order, request);
  if (!context.settings.microsoftSandbox) for (const index of chosen) refuseUncancellable(order, index, context);
  const lines = order.lines.map((line, index) => (chosen.has(index) ? { ...line, cancelled: true } : line));
  const cancelled = { ...order, lines };
  context.store.orders.put(order.id, cancelled);
  for (const index of chosen) endSubscription(order.lines[index], context);
  amendInvoices(cancelled, context);
  audit(
    {
      resourceType: 'order',
      operationType: 'update_order',
      customer,
      newValue: { Id: order.id, Status: 'cancelled' },
      customizedData: orderData(cancelled),
    },
    call,
    context,
  );
  return json(orderBody(cancelled, context.clock.now()));
}

/** The lines that the request names, or all of them, without those that are already cancelled. */
function chosenLines(order: Order, { id, lineItems }: Request): ReadonlySet<number> {
  const ids = [order.id, order.alternateId];
  if (id !== undefined && !ids.some((one) => sameText(one, id)))
    throw refusal('invalidInput', 'id names another order.');
  for (const { lineItemNumber, offerId } of lineItems ?? []) {
    const line = order.lines[lineItemNumber];
    if (!line) throw refusal('lineOutOfRange');
    if (offerId && !sameText(offerId, line.catalogItemId))
      throw refusal('invalidInput', 'offerId does not match the line.');
  }
  const named = lineItems?.length ? lineItems.map((line) => line.lineItemNumber) : [...order.lines.keys()];
  const open = named.filter((index) => order.lines[index]?.cancelled === false);
  if (open.length === 0) throw refusal('cannotCancel', 'It is already cancelled.');
  return new Set(open);
}

const sameText = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** In production only software can be cancelled, and only for a while. */
function refuseUncancellable(order: Order, index: number, context: SandboxContext): void {
  const line = order.lines[index];
  if (!line) return;
  const yields = context.catalogue.item(line.catalogItemId)?.offer.yields;
  if (isSaas(line)) throw refusal('saasCancelsElsewhere');
  if (yields !== 'software' && yields !== 'software-subscription') throw refusal('onlySoftwareCancels');
  if (order.createdAt + context.settings.cancelWindowSeconds * 1000 < context.clock.now()) {
    throw refusal('cancelWindowPassed');
  }
}

function endSubscription(line: OrderLine | undefined, context: SandboxContext): void {
  const subscription = context.store.subscriptions.get(line?.subscriptionId ?? '');
  if (!subscription) return;
  context.store.subscriptions.put(subscription.id, { ...subscription, status: 'deleted' });
  announce('subscription-updated', subscriptionUri(subscription), context);
}
