import type { Purchase } from '#shared/domain/purchase';
import type { Cancel, CancelOrders } from '#shared/pipeline/outcome';
import { judgeCancel } from './judge-cancel';
import { runCommand, type CommandDeps, type CommandResult, type NotPossible } from './run-command';

/**
 * Cancels a purchase: at once while nothing is bought; after that tracking cancels its orders through Partner Center, which
 * cancels software inside its own window and refuses the rest (page "Cancel software purchases"). The history tells the
 * outcome.
 */
export function cancelPurchase(purchaseId: string, note: string, deps: CommandDeps): Promise<CommandResult> {
  return runCommand(purchaseId, async ({ purchase }) => outcomeOf(purchase, note, deps.now()), deps);
}

function outcomeOf(purchase: Purchase, note: string, now: Date): Cancel | CancelOrders | NotPossible {
  const decision = judgeCancel(purchase, now);
  switch (decision.kind) {
    case 'no':
      return { kind: 'not-possible', why: decision.why };
    case 'at-once':
      return { kind: 'cancel', note };
    case 'orders-first': {
      const cancellation = { orderIds: decision.orderIds, note, statusBefore: purchase.status };
      return { kind: 'cancel-orders', note, changes: { cancellation } };
    }
  }
}
