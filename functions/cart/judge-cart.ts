import { defined } from '#shared/domain/defined';
import { placedLines } from '#shared/domain/purchase-request';
import type { Purchase, PurchaseCart } from '#shared/domain/purchase';
import type { Cart, CartLine } from '#shared/partner-center/resources/carts';
import type { StageOutcome } from '#shared/pipeline/stage';
import { buildCart } from './build-cart';
import { chargesOf } from './build-commitment';
import { differencesOf } from './judge-contents';
import { judgeLimits, judgeQuote, type OwnedLimits } from './judge-limits';
import { judgeLineErrors } from './judge-line-errors';
import { totalsOf } from './build-totals';

/**
 * What comes of a new cart: on to checkout if it holds exactly what was asked for within all limits; for a dry run the
 * priced cart is the end. A cart is created even when lines can't be bought (page "Create a cart").
 */
export function judgeCart(purchase: Purchase, cart: Cart, limits: OwnedLimits[], now: Date): StageOutcome<'cart'> {
  const lines = cart.lineItems.flatMap(withAddons);
  const objection = judgeLineErrors(purchase, lines);
  if (objection) return objection;
  const lineIds = placedLines(purchase.request).map(({ lineId }) => lineId);
  const differences = differencesOf(buildCart(purchase), lines, lineIds);
  if (differences.length > 0) {
    return {
      kind: 'hold',
      reason: {
        code: 'cart-differs',
        message: `Cart ${cart.id} does not hold what was asked for: ${differences.join('; ')}.`,
        advice: 'Nothing was bought. Compare the cart with the request, then resume or cancel the purchase.',
      },
    };
  }
  const kept = keptCart(purchase, cart, lines, now);
  const changes = { cart: kept };
  const overLimit = judgeLimits(kept.lines, limits, chargesByLine(purchase));
  if (overLimit) return { ...overLimit, changes };
  const otherPrice = judgeQuote(kept.totals, purchase.request.quote);
  if (otherPrice) return { ...otherPrice, changes };
  const total = kept.totals?.map(({ value, currency }) => `${currency} ${value}`).join(' + ') ?? 'no price given';
  const groups = new Set(kept.lines.map(({ orderGroup }) => orderGroup)).size;
  const note = `cart ${cart.id}, ${groups} order group(s), ${total}`;
  return purchase.request.dryRun
    ? { kind: 'complete', status: 'quoted', note: `${note}; a dry run, nothing is bought`, changes }
    : { kind: 'advance', next: 'checkout', note, changes, event: 'carted' };
}

/** However deep: a line that nobody looks at could hide an error. */
function withAddons(line: CartLine): CartLine[] {
  return [line, ...line.addonItems.flatMap(withAddons)];
}

/** How many charges each line commits to, where that can be known. */
function chargesByLine({ offers = [] }: Purchase): Map<string, number> {
  return new Map(
    offers.flatMap(({ lineId, billingCycle, termDuration }) => {
      const charges = chargesOf(billingCycle, termDuration);
      return charges === undefined ? [] : [[lineId, charges] as const];
    }),
  );
}

function keptCart(purchase: Purchase, cart: Cart, answered: readonly CartLine[], now: Date): PurchaseCart {
  const placed = placedLines(purchase.request);
  const lines = answered.map(({ catalogItemId, quantity, orderGroup, currencyCode, pricing }, at) => ({
    lineId: placed[at]?.lineId ?? '?',
    catalogItemId,
    quantity,
    orderGroup: orderGroup ?? '0',
    ...defined({ currencyCode, pricing }),
  }));
  return {
    id: cart.id,
    createdAt: cart.creationTimestamp ?? now.toISOString(),
    lines,
    ...defined({ expiresAt: cart.expirationTimestamp, totals: totalsOf(lines) }),
  };
}
