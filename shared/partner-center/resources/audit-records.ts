import type { z } from 'zod';
import type { OnOdd } from '#shared/partner-center/http/odd-record';
import { readPages } from '#shared/partner-center/http/pages';
import type { Call } from '#shared/partner-center/http/request';
import type { Transport } from '#shared/partner-center/http/transport';
import { date, list, openEnum, record, text } from '#shared/partner-center/schema/json-types';

const auditRecord = record({
  /** Missing in the page's own example. */
  id: text.optional(),
  partnerId: text.optional(),
  customerId: text.optional(),
  customerName: text.optional(),
  userPrincipalName: text.optional(),
  applicationId: text.optional(),
  resourceType: openEnum().optional(),
  /** The changed resource as JSON within a string, PascalCase. */
  resourceNewValue: text.optional(),
  operationType: openEnum('create_order', 'update_order', 'add_customer', 'ready_invoice').optional(),
  /** The MS-CorrelationId of the call that caused the record. */
  originalCorrelationId: text.optional(),
  operationDate: date.optional(),
  operationStatus: openEnum().optional(),
  /** For orders: OrderId, AlternateId, BillingCycle, OfferId-n, SubscriptionId-n, Quantity-n. */
  customizedData: list(record({ key: text, value: text.optional() })),
});
export type AuditRecord = z.infer<typeof auditRecord>;

export interface AuditQuestion {
  /** yyyy-mm-dd, at most 90 days back. */
  readonly startDate: string;
  readonly endDate?: string | undefined;
  /** One filter at a time. */
  readonly filter?: AuditFilter | undefined;
  readonly pageSize?: number | undefined;
}

type AuditFilter =
  /** Customers whose name contains this. */
  | { readonly kind: 'company'; readonly companyName: string }
  | { readonly kind: 'customer'; readonly customerId: string }
  | { readonly kind: 'resource-type'; readonly resourceType: string };

/** What happened in the partner's account ("Get a record of Partner Center activity"). */
export function listAuditRecords(
  pc: Transport,
  question: AuditQuestion,
  call: Call,
  onOdd?: OnOdd,
): AsyncIterable<AuditRecord> {
  const { startDate, endDate, filter, pageSize } = question;
  return readPages(
    pc,
    {
      operation: 'list audit records',
      method: 'GET',
      path: '/v1/auditrecords',
      query: { startDate, endDate, size: pageSize, filter: filter && JSON.stringify(filterText(filter)) },
      token: 'app',
    },
    'continuation',
    auditRecord,
    call,
    { idOf: ({ id }) => id, onOdd },
  );
}

/** In PascalCase, as the official SDK writes it. */
function filterText(filter: AuditFilter): Readonly<Record<'Field' | 'Value' | 'Operator', string>> {
  switch (filter.kind) {
    case 'company':
      return { Field: 'CompanyName', Value: filter.companyName, Operator: 'substring' };
    case 'customer':
      return { Field: 'CustomerId', Value: filter.customerId, Operator: 'equals' };
    case 'resource-type':
      return { Field: 'ResourceType', Value: filter.resourceType, Operator: 'equals' };
  }
}
