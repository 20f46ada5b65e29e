import { z } from 'zod';
import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import { PARTNER } from '#seed/partner';
import type { AuditRecord } from '#store/records';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { filterJson } from '#wire/filter-json';
import { continued } from '#wire/paging';
import { refusal } from '#wire/refusal';
import { wireTime } from '#wire/time';

/** Audit records (page "get-a-record-of-partner-center-activity-by-user"). */
export const auditRecordRoutes: readonly Route[] = [
  { name: 'listAuditRecords', method: 'GET', path: '/v1/auditrecords', access: 'token', answer: list },
];

const DAY = 86_400_000;

/** A window of days, by default the last 30, at most 90 back; both days count in full. */
function list(call: Call, context: SandboxContext): Answer {
  const now = context.clock.now();
  const start = dateOf(call, 'startDate') ?? now - 30 * DAY;
  const end = (dateOf(call, 'endDate') ?? now) + DAY;
  if (start < now - 91 * DAY) throw refusal('invalidInput', 'startDate is more than 90 days back.');
  if (end < start) throw refusal('invalidInput', 'endDate is before startDate.');
  const wanted = auditFilter(call.query.get('filter'));
  const found = [...context.store.audits.all()].filter((one) => one.at >= start && one.at < end && wanted(one));
  return json(continued(call, found.map(body), 500));
}

function dateOf(call: Call, name: string): number | undefined {
  const text = call.query.get(name);
  if (text === undefined) return undefined;
  const date = Date.parse(text);
  if (Number.isNaN(date)) throw refusal('invalidInput', `${name} is not a date.`);
  return date;
}

const filterSchema = z.object({ field: z.string(), value: z.string(), operator: z.string().optional() });

/** One filter at a time: by a part of the company name, by customer id or by resource type. */
function auditFilter(text: string | undefined): (record: AuditRecord) => boolean {
  if (text === undefined) return () => true;
  const filter = filterSchema.safeParse(filterJson(text));
  if (!filter.success) throw refusal('invalidInput', 'The filter needs Field and Value.');
  const value = filter.data.value.toLowerCase();
  switch (filter.data.field.toLowerCase()) {
    case 'companyname':
      return (record) => (record.customerName ?? '').toLowerCase().includes(value);
    case 'customerid':
      return (record) => record.customerId === value;
    case 'resourcetype':
      return (record) => record.resourceType.toLowerCase() === value;
    default:
      throw refusal('invalidInput', `Audit records cannot be filtered by ${filter.data.field}.`);
  }
}

const body = (record: AuditRecord): object => ({
  id: record.id,
  partnerId: PARTNER.tenantId,
  customerId: record.customerId,
  customerName: record.customerName,
  userPrincipalName: record.user === PARTNER.userId ? PARTNER.userPrincipalName : '',
  applicationId: record.applicationId,
  resourceType: record.resourceType,
  resourceNewValue: record.newValue,
  operationType: record.operationType,
  originalCorrelationId: record.correlationId,
  operationDate: wireTime(record.at),
  operationStatus: 'succeeded',
  customizedData: record.customizedData,
  attributes: { objectType: 'AuditRecord' },
});
