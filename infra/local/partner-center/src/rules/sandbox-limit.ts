import type { LineError } from '#store/records';
import { cartError } from './cart-errors';
import type { CheckedLine } from './line-check';

const mostLicences = 25;
const mostSubscriptions = 5;
const mostReservations = 2;

/** What Microsoft's own sandbox allows a customer (page "test-and-debug"), judged line by line. */
export function sandboxLimit(checked: CheckedLine): LineError | undefined {
  if (!checked.context.settings.microsoftSandbox) return undefined;
  return exceeds(checked) ? cartError(10009) : undefined;
}

function exceeds({ line, availability, customer, context }: CheckedLine): boolean {
  const { yields } = availability.offer;
  if (yields === 'reservation') {
    const reserved = context.store.orders
      .of(customer.id)
      .flatMap((order) => order.lines)
      .filter((one) => !one.cancelled && one.catalogItemId.startsWith(`${availability.product.id}:`));
    return reserved.reduce((sum, one) => sum + one.quantity, line.quantity) > mostReservations;
  }
  if (!yields.endsWith('subscription')) return false;
  const active = context.store.subscriptions.of(customer.id).filter((one) => one.status === 'active');
  return line.quantity > mostLicences || active.length >= mostSubscriptions;
}
