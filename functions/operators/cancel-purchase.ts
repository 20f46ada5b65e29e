import { PartnerCenterError } from '#shared/partner-center/errors/partner-center-error';
import { cancelOrder, getOrder } from '#shared/partner-center/resources/orders';
import type { Transport } from '#shared/partner-center/http/transport';
import { uuidV5 } from '#shared/domain/ids';
import type { PlacedOrder, Purchase } from '#shared/domain/purchase';
import type { Cancel } from '#shared/pipeline/outcome';
import { judgeCancel } from './judge-cancel';
import { runCommand, type CommandDeps, type CommandResult, type NotPossible } from './run-command';

export interface CancelDeps extends CommandDeps {
  partnerCenter: Transport;
  newId(): string;
}

/**
 * Cancels a purchase: at once while nothing is bought; after that through Partner Center, which cancels software inside
 * its own window and refuses the rest (page "Cancel software purchases").
 */
export function cancelPurchase(purchaseId: string, note: string, deps: CancelDeps): Promise<CommandResult> {
  return runCommand(
    purchaseId,
    async ({ purchase }) => {
      const decision = judgeCancel(purchase);
      switch (decision.kind) {
        case 'no':
          return { kind: 'not-possible', why: decision.why };
        case 'at-once':
          return { kind: 'cancel', note };
        case 'orders-first':
          return afterOrders(purchase, note, await cancelOrders(purchase, decision.orders, deps));
      }
    },
    deps,
  );
}

interface CancelledOrders {
  ids: Set<string>;
  /** Why the first order that was not cancelled was not. */
  objection?: string;
}

/** One order after the other, and no further once Partner Center refuses one. */
async function cancelOrders(purchase: Purchase, orders: PlacedOrder[], deps: CancelDeps): Promise<CancelledOrders> {
  const ids = new Set<string>();
  for (const { orderId } of orders) {
    const objection = await cancelOne(purchase, orderId, deps);
    if (objection !== undefined) return { ids, objection };
    ids.add(orderId);
  }
  return { ids };
}

/** Cancels an order; after a failure its status decides, since the failure may have had its effect. */
async function cancelOne(purchase: Purchase, orderId: string, deps: CancelDeps): Promise<string | undefined> {
  const { customerId } = purchase.request;
  const correlationId = purchase.id;
  try {
    const requestId = uuidV5(purchase.id, `cancel/${orderId}/${purchase.version}`);
    await cancelOrder(deps.partnerCenter, customerId, orderId, undefined, { requestId, correlationId });
    return undefined;
  } catch (error) {
    if (!(error instanceof PartnerCenterError)) throw error;
    const call = { requestId: deps.newId(), correlationId };
    const { status } = await getOrder(deps.partnerCenter, customerId, orderId, {}, call);
    return status === 'cancelled' ? undefined : `Order ${orderId}: ${error.message} ${error.advice}`;
  }
}

function afterOrders(purchase: Purchase, note: string, { ids, objection }: CancelledOrders): Cancel | NotPossible {
  if (ids.size === 0) return { kind: 'not-possible', why: objection ?? 'There was nothing to cancel.' };
  const orders = (purchase.orders ?? []).map((order) =>
    ids.has(order.orderId) ? { ...order, status: 'cancelled' as const } : order,
  );
  const fullNote = objection === undefined ? note : `${note} Not cancelled: ${objection}`;
  return { kind: 'cancel', note: fullNote, changes: { orders } };
}
