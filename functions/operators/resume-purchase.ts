import { runCommand, type CommandResult, type CommandDeps } from './run-command';

/** Lets a held purchase go on at the stage that held it. A checkout whose outcome is unclear reads its cart first. */
export function resumePurchase(purchaseId: string, note: string, deps: CommandDeps): Promise<CommandResult> {
  return runCommand(
    purchaseId,
    async ({ purchase }) =>
      purchase.status === 'held'
        ? { kind: 'resume', note }
        : { kind: 'not-possible', why: `The purchase is ${purchase.status}; only a held one can be resumed.` },
    deps,
  );
}
