import { actOnPurchase, type Act, type ActDeps } from './run-command';

/** Ends a held purchase as failed, although something may have been bought: the note says what the operator found. */
export function giveUpPurchase(purchaseId: string, note: string, deps: ActDeps): Promise<Act> {
  return actOnPurchase(
    purchaseId,
    async ({ purchase }) =>
      purchase.status === 'held'
        ? { kind: 'given-up', note }
        : { why: `The purchase is ${purchase.status}; only a held one can be given up.` },
    deps,
  );
}
