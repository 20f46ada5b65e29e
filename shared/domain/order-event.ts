import { z } from 'zod';
import { uuidV5 } from './ids';
import type { Purchase } from './purchase';

/** The types of event that a purchase emits; past tense, versioned, never changed incompatibly. */
export const purchaseEventTypes = {
  accepted: 'cartage.purchase.accepted.v1',
  discovered: 'cartage.purchase.discovered.v1',
  carted: 'cartage.purchase.carted.v1',
  quoted: 'cartage.purchase.quoted.v1',
  held: 'cartage.purchase.held.v1',
  refused: 'cartage.purchase.refused.v1',
  failed: 'cartage.purchase.failed.v1',
  cancelled: 'cartage.purchase.cancelled.v1',
  placed: 'cartage.order.placed.v1',
  completed: 'cartage.order.completed.v1',
  'partially-completed': 'cartage.order.partially-completed.v1',
} as const;
export type PurchaseHappening = keyof typeof purchaseEventTypes;

/** A CloudEvents 1.0 event in structured JSON form, with the extension attributes `sequence` and `audience`. */
export const orderEvent = z.object({
  specversion: z.literal('1.0'),
  id: z.uuid(),
  source: z.string(),
  type: z.string(),
  subject: z.string(),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  /** Orders the events of one purchase without a gap, from 1. */
  sequence: z.string(),
  /** Whose system the event is for: the subscription of that name receives it. */
  audience: z.enum(['crm', 'erp']),
  data: z.record(z.string(), z.unknown()),
});
export type OrderEvent = z.infer<typeof orderEvent>;

/**
 * The event that tells of a purchase's last write. Its id and time come from the purchase alone, so that sending it
 * again sends the same bytes.
 */
export function purchaseEvent(happening: PurchaseHappening, purchase: Purchase): OrderEvent {
  const { request } = purchase;
  return {
    specversion: '1.0',
    id: uuidV5(purchase.id, `${purchase.sequence}/${happening}`),
    source: '/cartage/purchases',
    type: purchaseEventTypes[happening],
    subject: purchase.id,
    time: purchase.updatedAt,
    datacontenttype: 'application/json',
    sequence: `${purchase.sequence}`,
    audience: purchase.source.kind,
    data: {
      purchaseId: purchase.id,
      source: purchase.source.id,
      requestId: purchase.source.requestId,
      customerId: request.customerId,
      reference: request.reference,
      metadata: request.metadata,
      status: purchase.status,
      stage: purchase.stage,
      country: purchase.country,
      lines: purchase.offers?.map(({ lineId, catalogItemId, quantity, billingCycle, termDuration }) => ({
        lineId,
        catalogItemId,
        quantity,
        billingCycle,
        termDuration,
      })),
      cartId: purchase.cart?.id,
      quote: purchase.status === 'quoted' ? purchase.cart : undefined,
      orders: purchase.orders,
      refusedGroups: purchase.refusedGroups,
      reason: purchase.reason,
    },
  };
}
