import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { cancelPurchase } from '#functions/operators/cancel-purchase';
import type { Act } from '#functions/operators/run-command';
import { purchaseIdOf } from '#shared/domain/ids';
import { aRequest, aSource } from '#test/support/builders';
import type { CrashPoint } from '#test/support/crashes';
import { Machine } from '#test/support/machine';
import { oneLine } from '#test/support/requests';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';
import { singles } from './crash-points';
import { factsOf, withLedger, type Facts } from './ending';

/** An operator cancels a purchase while a step of it is right in the middle of something, at every such moment. */

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox(['--order-delay-seconds', '5', '--list-lag-seconds', '30']);
});
afterAll(() => sandbox.stop());

/** Software: Partner Center cancels what is bought of it. */
const request = aRequest(oneLine('DG7GMGF0D5P1', '0001').lines);

async function cancelAt(moment: CrashPoint): Promise<{ answer: Act['kind'] | undefined; facts: Facts }> {
  let answer: Act['kind'] | undefined;
  const requestId = `${moment.when}-${moment.effect}`;
  const id = purchaseIdOf(aSource().id, requestId);
  const machine: Machine = new Machine(sandbox, {
    interruption: {
      ...moment,
      act: async () => {
        answer = (await cancelPurchase(id, 'not wanted any more', machine.deps)).kind;
      },
    },
  });
  await machine.accept(request, requestId);
  const facts = factsOf(await withLedger(sandbox, await machine.run(id)));
  return { answer, facts };
}

/** What is right for each answer: what was said to be cancelled is, to the last order, and nothing else. */
function rightFacts(answer: Act['kind'] | undefined, { groups, tale }: Facts): Partial<Facts> {
  const told = (status: string) => tale.map((one, at) => (at + 1 < tale.length ? one : `${tale.length} ${status}`));
  return answer === 'done'
    ? { status: 'cancelled', cancelled: groups, tale: told('cancelled'), pending: 0, bugs: [] }
    : { status: 'completed', groups: ['0'], cancelled: [], tale: told('completed'), pending: 0, bugs: [] };
}

test('an operator who cancels at any moment is answered what becomes true: all of it is cancelled, or none', async () => {
  const { effects } = await new Machine(sandbox).buy(request);
  const answers = new Set<string | undefined>();
  for (const [moment] of singles(effects)) {
    if (moment === undefined) continue;
    const { answer, facts } = await cancelAt(moment);
    answers.add(answer);
    expect({ moment, answer, ...facts }).toMatchObject({ moment, answer, ...rightFacts(answer, facts) });
    expect(facts.tale.map((one) => Number.parseInt(one, 10))).toEqual(facts.tale.map((_, at) => at + 1));
  }
  expect(answers).toEqual(new Set(['not-found', 'done', 'not-possible']));
});
