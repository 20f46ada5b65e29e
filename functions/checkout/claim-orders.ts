import type { Purchase } from '#shared/domain/purchase';
import type { StageContext, StageOutcome } from '#shared/pipeline/stage';

/**
 * Claims the orders that an outcome adds, so that no other purchase takes them for its own. An order that another purchase
 * has claimed is a contradiction, which needs an operator.
 */
export async function claimOrders(
  { orders: known = [] }: Purchase,
  outcome: StageOutcome<'checkout'>,
  context: StageContext,
): Promise<StageOutcome<'checkout'>> {
  if (outcome.kind === 'yield') return outcome;
  const knownIds = new Set(known.map(({ orderId }) => orderId));
  const added = (outcome.changes?.orders ?? []).filter(({ orderId }) => !knownIds.has(orderId));
  const claims = await Promise.all(
    added.map(async ({ orderId }) => ({ orderId, isOurs: await context.claimOrder(orderId) })),
  );
  const foreign = claims.filter(({ isOurs }) => !isOurs).map(({ orderId }) => orderId);
  if (foreign.length === 0) return outcome;
  return {
    kind: 'hold',
    reason: {
      code: 'order-claimed-twice',
      message: `Partner Center names order(s) ${foreign.join(', ')}, which another purchase has taken for its own.`,
      advice: 'Find out in Partner Center which purchase each order belongs to. Nothing more will be bought.',
    },
    ...(outcome.changes === undefined ? {} : { changes: outcome.changes }),
  };
}
