import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { resumePurchase } from '#functions/operators/resume-purchase';
import { aRequest } from '#test/support/builders';
import type { CrashPoint } from '#test/support/crashes';
import { Machine, settings, type Mishaps } from '#test/support/machine';
import { threeLines } from '#test/support/requests';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';

/** Orders take two hours, so that the watchdog of a purchase ticks twelve times, and the purchase moves in between. */
const HOURS = 2;
const TICKS = (HOURS * 3600) / settings.watchdogSeconds;

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox(['--order-delay-seconds', `${HOURS * 3600}`]);
});
afterEach(() => sandbox.clearFaults());
afterAll(() => sandbox.stop());

const request = aRequest(threeLines.lines);

function watchdogsOf({ bus }: Machine) {
  return bus.sent.filter(({ entity }) => entity === 'purchase-watchdog');
}

const everyFifthEffect: CrashPoint[] = Array.from({ length: 100 }, (_, at) => ({ effect: 5 * at, when: 'after' }));

/** How many watchdogs of a purchase ticked at the same time, at most, from a time on. */
function mostAtOnce(machine: Machine, from = 0): number {
  const watchdogs = watchdogsOf(machine);
  const counts = watchdogs
    .filter(({ sentAt }) => sentAt >= from)
    .map(({ sentAt }) => watchdogs.filter((other) => other.sentAt <= sentAt && sentAt < other.notBefore).length);
  return Math.max(...counts);
}

/** A purchase that an operator resumes so many times within its watchdog's first period, before the cause is gone. */
async function resumeInVain(times: number, mishaps: Mishaps): Promise<{ machine: Machine; id: string }> {
  await sandbox.control('/sandbox/faults', { kind: 'error', route: 'createCart', status: 403, code: 13605, times });
  const machine = new Machine(sandbox, { settings: { trackingIntervalsSeconds: [60] }, ...mishaps });
  const id = await machine.accept(request);
  for (let resumed = 0; resumed < times; resumed++) {
    await machine.runUntil('purchase-watchdog');
    await sandbox.advance(90);
    await machine.untilAnswered(() => resumePurchase(id, 'try again', machine.deps));
  }
  return { machine, id };
}

test('a purchase that goes well has one watchdog, scheduled once', async () => {
  const quick = await startTestSandbox(['--order-delay-seconds', '0']);
  const machine = new Machine(quick);
  await machine.buy(request);
  expect(watchdogsOf(machine)).toHaveLength(1);
  await quick.stop();
});

test.each<[string, Mishaps]>([
  ['', {}],
  [', each message handled by two workers at once', { isDoubled: true }],
  [', and the process dies after every fifth effect', { crashes: everyFifthEffect }],
])(
  'however often it is resumed%s, a purchase soon has one watchdog a period, and none when it is over',
  async (_how, mishaps) => {
    let resumes = 5;
    const { machine, id } = await resumeInVain(resumes, mishaps);
    const resumedAt = sandbox.now().getTime();
    let { stored } = await machine.run(id);
    // A resume whose process died counts as one, though it may have come to nothing.
    for (; stored.purchase.status === 'held'; resumes++) {
      await machine.untilAnswered(() => resumePurchase(id, 'try again', machine.deps));
      ({ stored } = await machine.run(id));
    }
    expect(stored.purchase.status).toBe('completed');
    const { watchdogSeconds } = settings;
    // Each resume schedules a watchdog of its own. Once they have ticked there is one in each period, so never more than two.
    expect(mostAtOnce(machine)).toBeLessThanOrEqual(1 + resumes);
    expect(mostAtOnce(machine, resumedAt + watchdogSeconds * 1000)).toBeLessThanOrEqual(2);
    expect(watchdogsOf(machine).length).toBeLessThanOrEqual(1 + resumes + 2 * TICKS);
    // One tick to notice the end, one to send what may not have been sent, one to see that it was.
    const last = Math.max(...watchdogsOf(machine).map(({ notBefore }) => notBefore));
    expect(last).toBeLessThanOrEqual(Date.parse(stored.purchase.updatedAt) + 3 * watchdogSeconds * 1000);
    expect(machine.bus.queued).toEqual([]);
  },
);
