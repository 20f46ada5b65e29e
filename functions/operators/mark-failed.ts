import { runCommand, type CommandResult, type CommandDeps } from './run-command';

/** Ends a held purchase as failed, although something may have been bought: the note says what the operator found. */
export function markPurchaseFailed(purchaseId: string, note: string, deps: CommandDeps): Promise<CommandResult> {
  return runCommand(
    purchaseId,
    async ({ purchase }) =>
      purchase.status === 'held'
        ? { kind: 'mark-failed', note }
        : { kind: 'not-possible', why: `The purchase is ${purchase.status}; only a held one can be marked as failed.` },
    deps,
  );
}
