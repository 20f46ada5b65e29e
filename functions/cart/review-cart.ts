import { placedLines } from '#shared/domain/purchase-request';
import type { Purchase } from '#shared/domain/purchase';
import type { Cart, CartLine } from '#shared/partner-center/carts';
import { lookUpCartLineError } from '#shared/partner-center/cart-line-errors';
import type { Outcome } from '#shared/pipeline/outcome';
import { outcomeOfRemedy } from '#shared/pipeline/policy';

/** A cart is created even when lines can't be bought: 201 with an error on the line (page "Create a cart"). */
export function reviewCart(purchase: Purchase, cart: Cart, now: Date): Outcome {
  const lines = cart.lineItems.flatMap((line) => [line, ...line.addonItems]);
  const placed = placedLines(purchase.request);
  const errors = lines.flatMap((line, at) =>
    line.error ? [{ line, lineId: placed[at]?.lineId ?? '?', error: line.error }] : [],
  );
  const [first] = errors;
  if (first) {
    // The first error decides what to do; all are told.
    const { remedy, advice } = lookUpCartLineError(first.error.errorCode);
    const message = errors.map(({ lineId, error }) => `Line ${lineId}: ${describe(error)}`).join(' ');
    return outcomeOfRemedy(remedy, { code: first.error.errorCode, message, advice }, purchase);
  }
  const kept = placed.map(({ lineId }, at) => ({
    lineId,
    line: lines[at],
    offer: purchase.offers?.find((o) => o.lineId === lineId),
  }));
  if (lines.length !== placed.length || kept.some(({ line, offer }) => !isAsAsked(line, offer))) {
    return {
      kind: 'held',
      reason: {
        code: 'cart-differs',
        message: `Cart ${cart.id} does not hold what was asked for.`,
        advice: 'Nothing was bought. Compare the cart with the request, then resume or cancel the purchase.',
      },
    };
  }
  return {
    kind: 'continue',
    next: 'checkout',
    note: `cart ${cart.id}, ${new Set(lines.map(({ orderGroup }) => orderGroup)).size} order group(s)`,
    facts: {
      cart: {
        id: cart.id,
        createdAt: cart.creationTimestamp ?? now.toISOString(),
        ...(cart.expirationTimestamp === undefined ? {} : { expiresAt: cart.expirationTimestamp }),
        lines: kept.flatMap(({ lineId, line }) =>
          line
            ? [
                {
                  lineId,
                  catalogItemId: line.catalogItemId,
                  quantity: line.quantity,
                  orderGroup: line.orderGroup ?? '0',
                },
              ]
            : [],
        ),
      },
    },
    happening: 'carted',
  };
}

function isAsAsked(
  line: CartLine | undefined,
  asked: { catalogItemId: string; quantity: number } | undefined,
): boolean {
  return line?.catalogItemId === asked?.catalogItemId && line?.quantity === asked?.quantity;
}

function describe({ errorCode, errorDescription }: NonNullable<CartLine['error']>): string {
  return `${errorCode} ${errorDescription ?? lookUpCartLineError(errorCode).name}`;
}
