import { groupBy } from '#local/partner-center/rules/group-by';
import type { Invoice, Order } from '#local/partner-center/store/records';
import { announce, invoiceUri } from '#local/partner-center/webhooks/announce';
import type { World } from '#local/partner-center/world';
import { nextMonth } from './month';

/** Issues what the calendar asks for: per month and currency a recurring and a one-time invoice (where there is anything to bill). */
export function issueDueInvoices(world: World): void {
  for (;;) {
    const due = nextMonth(billedUntil(world));
    if (due > world.clock.now()) return;
    closePeriod(due, world);
  }
}

/** Bills everything up to now, out of turn. Answers the new invoices. */
export function issueInvoicesNow(world: World): Invoice[] {
  issueDueInvoices(world);
  return closePeriod(world.clock.now() + 1, world);
}

const billedUntil = (world: World): number => Number(world.store.settled.get('billedUntil'));

function closePeriod(end: number, world: World): Invoice[] {
  const start = billedUntil(world);
  world.store.settled.put('billedUntil', end);
  const orders = [...world.store.orders.all()].filter((order) => order.createdAt < end);
  const issued = [...groupBy(orders, (order) => order.currencyCode)].flatMap(([currency, ofCurrency]) => [
    ...makeInvoice('Recurring', currency, ofCurrency.filter(isRecurring), { start, end }, world),
    ...makeInvoice(
      'OneTime',
      currency,
      ofCurrency.filter((order) => !isRecurring(order) && order.createdAt >= start),
      { start, end },
      world,
    ),
  ]);
  for (const invoice of issued) {
    world.store.invoices.put(invoice.id, invoice);
    announce('invoice-ready', invoiceUri(invoice.id), world);
  }
  return issued;
}

/** Monthly orders are billed again every month; all others once. */
const isRecurring = (order: Order): boolean => order.billingCycle === 'monthly';

function makeInvoice(
  invoiceType: Invoice['invoiceType'],
  currencyCode: string,
  orders: readonly Order[],
  period: { start: number; end: number },
  world: World,
): Invoice[] {
  const billedLines = orders.flatMap((order) =>
    order.lines.flatMap((line, index) => (line.cancelled ? [] : [{ orderId: order.id, index }])),
  );
  if (billedLines.length === 0) return [];
  return [
    {
      id: nextInvoiceId(invoiceType, world),
      issuedAt: Math.min(period.end, world.clock.now()),
      periodStart: period.start,
      periodEnd: period.end - 1,
      totalCents: totalOf(billedLines, world),
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
export const totalOf = (lines: Invoice['billedLines'], world: World): number =>
  lines.reduce((sum, { orderId, index }) => {
    const line = world.store.orders.get(orderId)?.lines[index];
    return sum + (line ? line.unitCents * line.quantity : 0);
  }, 0);

/** Recurring invoices are D and nine characters, all others G and nine digits. */
export function nextInvoiceId(invoiceType: Invoice['invoiceType'], world: World): string {
  const number = Number(world.store.settled.get('invoiceNumber') ?? 24_200) + 1;
  world.store.settled.put('invoiceNumber', number);
  return invoiceType === 'Recurring' ? `D0${String(number).padStart(8, '0')}` : `G${String(number).padStart(9, '0')}`;
}
