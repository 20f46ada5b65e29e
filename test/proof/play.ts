import { cancelPurchase } from '#functions/operators/cancel-purchase';
import { resumePurchase } from '#functions/operators/resume-purchase';
import { Machine, type Mishaps } from '#test/support/machine';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';
import { observe, withLedger } from './ending';
import type { Guard } from './guards';
import type { Command, Scenario, ScenarioEnding } from './scenarios';

/** A Partner Center whose orders take a few seconds and are missing from lists for longer. */
export function startPartnerCenter([, switches]: Guard): Promise<TestSandbox> {
  return startTestSandbox(['--order-delay-seconds', '5', '--list-lag-seconds', '30', ...switches]);
}

/** Plays a scenario from its beginning, in a Partner Center that is as new. Answers its ending and the number of effects. */
export async function play(
  sandbox: TestSandbox,
  { request, earlier, faults = [], settings = {}, commands = [], ...scenario }: Scenario,
  mishaps: Mishaps = {},
): Promise<{ observed: ScenarioEnding; effects: number }> {
  await sandbox.reset();
  await sandbox.control('/sandbox/settings', settings);
  await sandbox.control('/sandbox/faults', faults);
  const before = await countRegistrations(sandbox);
  const machine = new Machine(sandbox, { ...scenario.mishaps, ...mishaps });
  if (earlier) await machine.accept(earlier);
  const purchaseId = await machine.accept(request);
  for (const command of commands) await give(command, purchaseId, machine, sandbox);
  const ending = await withLedger(sandbox, await machine.run(purchaseId));
  const registrations = (await countRegistrations(sandbox)) - before;
  return { observed: { ...observe(ending), registrations }, effects: ending.effects };
}

const run = { resume: resumePurchase, cancel: cancelPurchase };

/** Lets a purchase come as far as the command is for, and gives it until it is answered. */
async function give(
  { command, at, faults }: Command,
  purchaseId: string,
  machine: Machine,
  sandbox: TestSandbox,
): Promise<void> {
  await (at === undefined ? machine.run(purchaseId) : machine.runUntilAt(purchaseId, at));
  if (faults !== undefined) {
    await sandbox.clearFaults();
    await sandbox.control('/sandbox/faults', faults);
  }
  await machine.untilAnswered(() => run[command](purchaseId, 'an operator wants it', machine.deps));
}

const REGISTER = 'POST /v1/customers/{customerId}/subscriptions/{subscriptionId}/registrations';

async function countRegistrations(sandbox: TestSandbox): Promise<number> {
  return (await sandbox.calls())[REGISTER] ?? 0;
}
