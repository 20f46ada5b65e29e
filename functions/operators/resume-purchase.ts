import { actOnPurchase, type Act, type ActDeps } from './run-command';

/** Lets a held purchase go on at the stage that held it. A checkout whose outcome is unclear reads its cart first. */
export function resumePurchase(purchaseId: string, note: string, deps: ActDeps): Promise<Act> {
  return actOnPurchase(
    purchaseId,
    async ({ purchase }) =>
      purchase.status === 'held'
        ? { kind: 'resumed', note }
        : { why: `The purchase is ${purchase.status}; only a held one can be resumed.` },
    deps,
  );
}
