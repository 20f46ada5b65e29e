import { z } from 'zod';
import type { SandboxContext } from '#model/sandbox-context';
import { type Order, orderSchema } from '#store/records';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { refusal } from '#wire/refusal';

const changeSchema = z.strictObject({
  /** Null: as the order goes by itself. */
  status: z.string().min(1).nullable(),
  /** Lines that never come, by their numbers. */
  unfulfilledLines: z.array(z.int().min(0)).default([]),
});

/** Puts an order into a status (page "order-resources" knows eleven; any other word may be tried too). */
export function changeOrder(call: Call, context: SandboxContext): Answer {
  const order = context.store.orders.get(call.param('orderId'));
  if (!order) throw refusal('orderUnknown');
  const { status, unfulfilledLines } = call.body(changeSchema);
  const { status: _before, ...rest } = order;
  const changed: Order = orderSchema.parse({
    ...rest,
    ...(status === null ? {} : { status }),
    lines: order.lines.map((line, at) => (unfulfilledLines.includes(at) ? { ...line, unfulfilled: true } : line)),
  });
  context.store.orders.put(order.id, changed);
  return json(changed);
}
