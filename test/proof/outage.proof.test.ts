import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { classifyOutage } from '#shared/domain/classify-outage';
import type { Absent } from '#test/support/absence';
import { aRequest } from '#test/support/builders';
import { Machine } from '#test/support/machine';
import { withNewTokens } from '#test/support/new-tokens';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';
import { observe, withLedger } from './ending';

/** Half an hour without something that we lean on, from any moment of a purchase on: nobody notices but by the time. */

const HALF_AN_HOUR = 30 * 60;

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox(['--order-delay-seconds', '5', '--list-lag-seconds', '30']);
});
afterEach(async () => {
  await sandbox.clearFaults();
  await sandbox.reset();
});
afterAll(() => sandbox.stop());

const request = aRequest([
  { productId: 'CFQ7TTC0LH18', skuId: '0001', quantity: 1, termDuration: 'P1Y', billingCycle: 'monthly' },
]);

/** As a CRM does: the same request again until it is accepted. */
async function accept(machine: Machine): Promise<string> {
  for (;;) {
    try {
      return await machine.accept(request, 'crm-request-1');
    } catch (error) {
      if (classifyOutage(error) === undefined) throw error;
      await machine.deps.pause(10);
    }
  }
}

/** What is seen of a purchase, without the failures that came of the outage itself. */
async function ending(machine: Machine) {
  const id = await accept(machine);
  const observed = observe(await withLedger(sandbox, await machine.run(id)));
  const unprocessable = machine.bus.sent.filter(({ entity }) => entity === 'unprocessable-messages');
  const bugs = observed.bugs.filter((bug) => !bug.startsWith('ServiceBusError'));
  return { ...observed, bugs, unprocessable, queued: machine.bus.queued };
}

const undisturbed = {
  status: 'completed',
  reason: undefined,
  groups: ['0'],
  cancelled: [],
  rejected: [],
  events: ['1 accepted', '2 discovered', '3 carted', '4 order-placed', '5 order-completed', '6 completed'],
  pending: 0,
  bugs: [],
  unprocessable: [],
  queued: [],
};

test('a purchase that is not disturbed ends so', async () => {
  expect(await ending(new Machine(sandbox))).toEqual(undisturbed);
});

test.each<[string, Absent]>([
  ['the table', 'table'],
  ['the bus', 'bus'],
  ['being able to send to the bus', 'sending'],
])(
  'half an hour without %s, from any effect on: completed, nothing held, twice or lost',
  async (_what, absent) => {
    const effects = (await new Machine(sandbox).buy(request)).effects;
    await sandbox.reset();
    for (let effect = 1; effect <= effects; effect++) {
      const act = async () => machine.absence.begin(absent, HALF_AN_HOUR);
      const machine: Machine = new Machine(sandbox, { interruption: { effect, when: 'before', act } });
      expect({ effect, ...(await ending(machine)) }).toEqual({ effect, ...undisturbed });
      await sandbox.reset();
    }
  },
  240_000,
);

/** The sandbox, with something that happens once its clock has passed a time. */
function after(seconds: number, act: () => Promise<void>): TestSandbox {
  const at = sandbox.now().getTime() + seconds * 1000;
  const advance = async (by: number) => {
    await sandbox.advance(by);
    if (sandbox.now().getTime() >= at) await act();
  };
  return { ...sandbox, advance };
}

test('half an hour without the vault: completed, nothing held, twice or lost', async () => {
  const begun = sandbox.now().getTime();
  expect(await ending(new Machine(withNewTokens(sandbox, HALF_AN_HOUR)))).toEqual(undisturbed);
  expect(sandbox.now().getTime() - begun).toBeGreaterThan(HALF_AN_HOUR * 1000);
});

test.each([
  ['sign-in', ['tokenV2', 'discovery', 'instance']],
  ['Partner Center', '*'],
])('half an hour without %s: completed, nothing held, twice or lost', async (_what, route) => {
  await sandbox.control('/sandbox/faults', { kind: 'error', route, status: 503, times: 1_000_000 });
  const begun = sandbox.now().getTime();
  const machine = new Machine(withNewTokens(after(HALF_AN_HOUR, () => sandbox.clearFaults())));
  expect(await ending(machine)).toEqual(undisturbed);
  expect(sandbox.now().getTime() - begun).toBeGreaterThan(HALF_AN_HOUR * 1000);
});
