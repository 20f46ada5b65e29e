import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { cancelPurchase } from '#functions/operators/cancel-purchase';
import type { CommandResult } from '#functions/operators/run-command';
import { purchaseIdOf } from '#shared/domain/ids';
import { aRequest, aRequester } from '#test/support/builders';
import type { CrashPoint } from '#test/support/crashes';
import { Machine } from '#test/support/machine';
import { oneLine } from '#test/support/requests';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';
import { singles } from './crash-points';
import { observe, withLedger, type Observed } from './ending';

/** An operator cancels a purchase while a step of it is right in the middle of something, at every such moment. */

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox(['--order-delay-seconds', '5', '--list-lag-seconds', '30']);
});
afterAll(() => sandbox.stop());

/** Software: Partner Center cancels what is bought of it. */
const request = aRequest(oneLine('DG7GMGF0D5P1', '0001').lines);

async function cancelAt(
  moment: CrashPoint,
): Promise<{ answer: CommandResult['kind'] | undefined; observed: Observed }> {
  let answer: CommandResult['kind'] | undefined;
  const requestId = `${moment.when}-${moment.effect}`;
  const id = purchaseIdOf(aRequester().id, requestId);
  const machine: Machine = new Machine(sandbox, {
    interruption: {
      ...moment,
      act: async () => {
        answer = (await cancelPurchase(id, 'not wanted any more', machine.deps)).kind;
      },
    },
  });
  await machine.accept(request, requestId);
  const observed = observe(await withLedger(sandbox, await machine.run(id)));
  return { answer, observed };
}

/** What is right for each answer: what was said to be cancelled is, to the last order, and nothing else. */
function expectedFor(answer: CommandResult['kind'] | undefined, { groups, events }: Observed): Partial<Observed> {
  const endingWith = (name: string) =>
    events.map((one, at) => (at + 1 < events.length ? one : `${events.length} ${name}`));
  return answer === 'done'
    ? { status: 'cancelled', cancelled: groups, events: endingWith('cancelled'), pending: 0, bugs: [] }
    : { status: 'completed', groups: ['0'], cancelled: [], events: endingWith('completed'), pending: 0, bugs: [] };
}

test('an operator who cancels at any moment is answered what becomes true: all of it is cancelled, or none', async () => {
  const { effects } = await new Machine(sandbox).buy(request);
  const answers = new Set<string | undefined>();
  for (const [moment] of singles(effects)) {
    if (moment === undefined) continue;
    const { answer, observed } = await cancelAt(moment);
    answers.add(answer);
    expect({ moment, answer, ...observed }).toMatchObject({ moment, answer, ...expectedFor(answer, observed) });
    expect(observed.events.map((one) => Number.parseInt(one, 10))).toEqual(observed.events.map((_, at) => at + 1));
  }
  expect(answers).toEqual(new Set(['not-found', 'done', 'not-possible']));
});
