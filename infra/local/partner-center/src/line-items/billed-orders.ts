import type { SandboxContext } from '#model/sandbox-context';
import type { Customer, InvoiceDocument, Order, OrderLine } from '#store/records';

/** An order line on an invoice, with everything that a line item shows of it. */
interface BilledLine {
  readonly order: Order;
  readonly line: OrderLine;
  readonly customer: Customer;
}

/** The order lines a document bills, or undefined for the seeded invoices, which have no orders. */
export function billedOrders(document: InvoiceDocument, context: SandboxContext): BilledLine[] | undefined {
  if (document.billedLines.length === 0) return undefined;
  return document.billedLines.flatMap(({ orderId, index }) => {
    const order = context.store.orders.get(orderId);
    const line = order?.lines[index];
    const customer = order && context.store.customers.get(order.customerId);
    return order && line && customer ? [{ order, line, customer }] : [];
  });
}

/** A customer to bill, for generated lines, which have no order. */
export function anyCustomer(index: number, context: SandboxContext): Customer {
  const customers = [...context.store.customers.all()];
  const customer = customers[index % customers.length];
  if (!customer) throw new Error('There are no customers');
  return customer;
}
