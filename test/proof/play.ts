import { isCheckoutUnclear } from '#shared/domain/purchase';
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

/** Plays a scenario from its beginning, in a Partner Center that is as new. Answers its ending, the number of effects, and how often only the watchdog helped. */
export async function play(
  sandbox: TestSandbox,
  { request, earlier, faults = [], settings = {}, commands = [], ...scenario }: Scenario,
  mishaps: Mishaps = {},
): Promise<{ observed: ScenarioEnding; effects: number; rescues: number }> {
  await sandbox.reset();
  if (Object.keys(settings).length > 0) await sandbox.control('/sandbox/settings', settings);
  if (faults.length > 0) await sandbox.control('/sandbox/faults', faults);
  const machine = new Machine(sandbox, { cache: sandbox.catalogueCache, ...scenario.mishaps, ...mishaps });
  if (earlier) await machine.accept(earlier);
  const purchaseId = await machine.accept(request);
  for (const command of commands) await give(command, purchaseId, machine, sandbox);
  const ending = await withLedger(sandbox, await machine.run(purchaseId));
  return {
    observed: { ...observe(ending), registrations: await newRegistrations(sandbox) },
    effects: ending.effects,
    rescues: ending.rescues,
  };
}

const run = { resume: resumePurchase, cancel: cancelPurchase };

/** Lets a purchase come as far as the command is for, and gives it until it is answered. */
async function give(
  { command, at, faults, afterSeconds = 0, onceUnclear = false }: Command,
  purchaseId: string,
  machine: Machine,
  sandbox: TestSandbox,
): Promise<void> {
  if (onceUnclear) await machine.runUntilSo(purchaseId, isCheckoutUnclear);
  else await (at === undefined ? machine.run(purchaseId) : machine.runUntilAt(purchaseId, at));
  if (afterSeconds > 0) await sandbox.advance(afterSeconds);
  if (faults !== undefined) {
    await sandbox.clearFaults();
    await sandbox.control('/sandbox/faults', faults);
  }
  await machine.untilAnswered(() => run[command](purchaseId, 'an operator wants it', machine.deps));
}

const REGISTER = 'POST /v1/customers/{customerId}/subscriptions/{subscriptionId}/registrations';

/** How many registrations a sandbox had been asked for when it was last looked at; its counts outlive a reset. */
const registrationsSeen = new WeakMap<TestSandbox, number>();

async function newRegistrations(sandbox: TestSandbox): Promise<number> {
  const count = (await sandbox.calls())[REGISTER] ?? 0;
  const before = registrationsSeen.get(sandbox) ?? 0;
  registrationsSeen.set(sandbox, count);
  return count - before;
}
