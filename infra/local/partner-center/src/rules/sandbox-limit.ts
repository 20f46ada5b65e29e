import type { LineError } from '#store/records';
import { cartError } from './cart-errors';
import type { CheckedLine } from './line-check';

const MOST_LICENCES = 25;
const MOST_SUBSCRIPTIONS = 5;
const MOST_RESERVATIONS = 2;

/** The limits of Microsoft's own sandbox per customer (page "test-and-debug"), applied line by line. */
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
    return reserved.reduce((sum, one) => sum + one.quantity, line.quantity) > MOST_RESERVATIONS;
  }
  if (!yields.endsWith('subscription')) return false;
  const active = context.store.subscriptions.of(customer.id).filter((one) => one.status === 'active');
  return line.quantity > MOST_LICENCES || active.length >= MOST_SUBSCRIPTIONS;
}
