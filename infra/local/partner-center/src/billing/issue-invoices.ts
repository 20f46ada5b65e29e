import { monthStart, nextMonth } from '#model/month';
import type { SandboxContext } from '#model/sandbox-context';
import { groupBy } from '#rules/group-by';
import type { Invoice, Order } from '#store/records';
import { digits } from '#wire/digits';
import { announceInvoice } from './announce-invoice';

/** A span of time that is billed together; milliseconds, `end` excluded. */
interface Period {
  readonly start: number;
  readonly end: number;
  /** False for an invoice in the middle of a month. */
  readonly endsMonth: boolean;
}

/** Issues the invoices of all months that have ended: per currency a recurring and a one-time one, if there is anything to bill. */
export function issueDueInvoices(context: SandboxContext): void {
  for (;;) {
    const start = billedUntil(context);
    const end = nextMonth(start);
    if (end > context.clock.now()) return;
    closePeriod({ start, end, endsMonth: true }, context);
  }
}

/** Bills what was ordered up to now, without waiting for the end of the month. Returns the new invoices. */
export function issueInvoicesNow(context: SandboxContext): Invoice[] {
  issueDueInvoices(context);
  return closePeriod({ start: billedUntil(context), end: context.clock.now() + 1, endsMonth: false }, context);
}

const billedUntil = (context: SandboxContext): number => Number(context.store.values.get('billedUntil'));

function closePeriod(period: Period, context: SandboxContext): Invoice[] {
  // The clock may have been moved back in the meantime; what was billed stays billed.
  context.store.values.put('billedUntil', Math.max(period.end, billedUntil(context)));
  const due = [...context.store.orders.all()].filter((order) => isDue(order, period));
  for (const order of due) if (!order.billed) context.store.orders.put(order.id, { ...order, billed: true });
  const issued = [...groupBy(due, (order) => order.currencyCode)].flatMap(([currency, orders]) => [
    ...makeInvoice('Recurring', currency, orders.filter(isRecurring), period, context),
    ...makeInvoice(
      'OneTime',
      currency,
      orders.filter((order) => !isRecurring(order)),
      period,
      context,
    ),
  ]);
  for (const invoice of issued) {
    context.store.invoices.put(invoice.id, invoice);
    announceInvoice(invoice, context);
  }
  return issued;
}

/** New orders are billed in any period; monthly ones again at the end of every later month. */
function isDue(order: Order, { end, endsMonth }: Period): boolean {
  const isNew = !order.billed && order.createdAt < end;
  return isNew || (endsMonth && isRecurring(order) && order.createdAt < monthStart(end - 1));
}

const isRecurring = (order: Order): boolean => order.billingCycle === 'monthly';

function makeInvoice(
  invoiceType: Invoice['invoiceType'],
  currencyCode: string,
  orders: readonly Order[],
  period: Period,
  context: SandboxContext,
): Invoice[] {
  const billedLines = orders.flatMap((order) =>
    order.lines.flatMap((line, index) => (line.cancelled ? [] : [{ orderId: order.id, index }])),
  );
  if (billedLines.length === 0) return [];
  return [
    {
      id: nextInvoiceId(invoiceType, context),
      issuedAt: Math.min(period.end, context.clock.now()),
      periodStart: Math.min(period.start, period.end - 1),
      periodEnd: period.end - 1,
      totalCents: totalOf(billedLines, context),
      paidCents: 0,
      currencyCode,
      invoiceType,
      documentType: 'invoice',
      taxReceiptIds: [],
      billedLines,
      amendments: [],
    },
  ];
}

/** The sum of these order lines, in hundredths. */
export const totalOf = (lines: Invoice['billedLines'], context: SandboxContext): number =>
  lines.reduce((sum, { orderId, index }) => {
    const line = context.store.orders.get(orderId)?.lines[index];
    return sum + (line ? line.unitCents * line.quantity : 0);
  }, 0);

/** Recurring invoices are D and nine characters, all others G and nine digits. */
export function nextInvoiceId(invoiceType: Invoice['invoiceType'], context: SandboxContext): string {
  const number = Number(context.store.values.get('invoiceNumber') ?? 24_200) + 1;
  context.store.values.put('invoiceNumber', number);
  return invoiceType === 'Recurring' ? `D0${digits(number, 8)}` : `G${digits(number, 9)}`;
}
