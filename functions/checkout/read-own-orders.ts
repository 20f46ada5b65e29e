import { listAuditRecords, type AuditRecord } from '#shared/partner-center/resources/audit-records';
import { getOrder, type Order } from '#shared/partner-center/resources/orders';
import type { Purchase } from '#shared/domain/purchase';
import type { StageContext } from '#shared/pipeline/stage';

const DAY = 24 * 60 * 60 * 1000;

/**
 * The orders that Partner Center's audit says were made under this purchase's correlation id (page "Get a record of
 * Partner Center activity by user"); none when the audit does not know. Read by id, so that no list lags behind.
 */
export async function readOwnOrders(purchase: Purchase, context: StageContext): Promise<Order[]> {
  const { customerId } = purchase.request;
  const since = new Date(Date.parse(purchase.checkoutIntent?.startedAt ?? purchase.acceptedAt) - DAY);
  const question = { startDate: since.toISOString().slice(0, 10), filter: { kind: 'customer', customerId } as const };
  const ids = new Set<string>();
  for await (const record of listAuditRecords(context.partnerCenter, question, context.read())) {
    const orderId = orderMadeBy(purchase, record);
    if (orderId !== undefined) ids.add(orderId);
  }
  return Promise.all([...ids].map((id) => getOrder(context.partnerCenter, customerId, id, {}, context.read())));
}

function orderMadeBy(purchase: Purchase, record: AuditRecord): string | undefined {
  const isOurs = record.originalCorrelationId?.toLowerCase() === purchase.id && record.operationType === 'create_order';
  return isOurs ? record.customizedData.find(({ key }) => key === 'OrderId')?.value : undefined;
}
