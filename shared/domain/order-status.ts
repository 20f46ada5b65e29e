/** Partner Center's words for how far an order is (page "Order resources"). `unknown` is also every word that is new to us. */
export const orderStatuses = [
  'unknown',
  'pending',
  'pending_review',
  'pending_po_upload',
  'po_upload_complete',
  'suspended',
  'completed',
  'partial_success',
  'po_review_rejected',
  'error',
  'cancelled',
] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/**
 * What a status comes to. waits: goes on by itself, asked again later · needs-person: nothing happens until somebody does
 * something, so the purchase is held · delivered, delivered-in-part: over, with something that can be used · failed,
 * withdrawn: over, with nothing.
 */
export interface OrderMeaning {
  readonly kind: 'waits' | 'needs-person' | 'delivered' | 'delivered-in-part' | 'failed' | 'withdrawn';
  readonly words: string;
  readonly advice: string;
}

/** The outcome of every status, in one place. */
const MEANINGS: Record<OrderStatus, OrderMeaning> = {
  unknown: {
    kind: 'waits',
    words: 'has a status that Cartage does not know',
    advice: 'Look the order up in Partner Center. Then resume the purchase, which follows the order on, or cancel it.',
  },
  pending: { kind: 'waits', words: 'is being worked on', advice: 'Wait.' },
  pending_review: {
    kind: 'waits',
    words: 'is being reviewed by Microsoft',
    advice: 'Wait: a review takes some days at times.',
  },
  pending_po_upload: {
    kind: 'needs-person',
    words: "waits for the customer's purchase order",
    advice:
      "Upload the customer's purchase order as a PDF: in Partner Center at this customer's order (Order history), or with POST /v1/customers/{customerId}/orders/{orderId}/attachment (parts metadata and pofiles). Then resume the purchase, which follows the order on.",
  },
  po_upload_complete: {
    kind: 'waits',
    words: 'has its purchase order, which Microsoft is reviewing',
    advice: 'Wait: a review takes some days at times.',
  },
  suspended: {
    kind: 'needs-person',
    words: 'is suspended',
    advice:
      'Find out in Partner Center why the order is suspended, and set that right. Then resume the purchase, which follows the order on.',
  },
  completed: { kind: 'delivered', words: 'is completed', advice: 'Nothing is to be done.' },
  partial_success: {
    kind: 'delivered-in-part',
    words: 'was fulfilled in part',
    advice: 'What is missing will not come any more. Buy it again with a new request, if it is still wanted.',
  },
  po_review_rejected: {
    kind: 'failed',
    words: 'was rejected, since its purchase order did not pass the review',
    advice: 'It will never be processed. Correct the purchase order, then buy it again with a new request.',
  },
  error: {
    kind: 'failed',
    words: 'has failed at Microsoft',
    advice: 'It will not come any more. Buy it again with a new request, if it is still wanted.',
  },
  cancelled: { kind: 'withdrawn', words: 'is cancelled', advice: 'Nothing is to be done.' },
};

/** What the status of an order comes to. */
export function meaningOf(status: OrderStatus): OrderMeaning {
  return MEANINGS[status];
}

/** An order in a few words, with the word that Partner Center used for its status. */
export function describeOrder({ orderId, status, statusWord = status }: DescribedOrder): string {
  return `order ${orderId} ${MEANINGS[status].words} (${statusWord})`;
}

interface DescribedOrder {
  readonly orderId: string;
  readonly status: OrderStatus;
  readonly statusWord?: string | undefined;
}

/** Why an order stands where it does, and what a person can do. */
export function reasonOfOrder(order: DescribedOrder): { code: string; message: string; advice: string } {
  const message = `${describeOrder(order)}.`;
  const { advice } = MEANINGS[order.status];
  return { code: `order-${order.status.replaceAll('_', '-')}`, message: `O${message.slice(1)}`, advice };
}
