import { placedLines } from '#shared/domain/purchase-request';
import type { Purchase } from '#shared/domain/purchase';
import { lookUpCartLineError } from '#shared/partner-center/errors/cart-line-errors';
import type { CartLine } from '#shared/partner-center/resources/carts';
import type { StageOutcome } from '#shared/pipeline/stage';
import { outcomeOfRemedy } from '#shared/pipeline/error-policy';

/**
 * The outcome of a cart with lines that can't be bought, or undefined when all can (page "Cart resources"). All errors
 * are listed; the outcome is the most severe one's (severity order: reject, hold, refresh).
 *
 * @param lines the cart's lines with their add-ons, in the order of the request
 */
export function judgeLineErrors(purchase: Purchase, lines: readonly CartLine[]): StageOutcome<'cart'> | undefined {
  const placed = placedLines(purchase.request);
  const errors = lines.flatMap(({ error }, at) =>
    error ? [{ lineId: placed[at]?.lineId ?? '?', error, entry: lookUpCartLineError(error.errorCode) }] : [],
  );
  const mostSevere =
    errors.find(({ entry }) => entry.remedy === 'reject') ??
    errors.find(({ entry }) => entry.remedy === 'hold') ??
    errors[0];
  if (!mostSevere) return undefined;
  const message = errors
    .map(
      ({ lineId, error, entry }) =>
        `Line ${lineId}: ${error.errorCode} ${error.errorDescription ?? entry.name}${error.additionalInformation ? ` (${error.additionalInformation})` : ''}`,
    )
    .join('; ');
  return outcomeOfRemedy(
    mostSevere.entry.remedy,
    { code: mostSevere.error.errorCode, message, advice: mostSevere.entry.advice },
    purchase,
  );
}
