import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CrashPoint } from '#test/support/crashes';
import type { Mishaps } from '#test/support/machine';
import type { TestSandbox } from '#test/support/sandbox';
import { distinctSingles, pairs } from './crash-points';
import { noGuard, type Guard } from './guards';
import { play, startPartnerCenter } from './play';
import { happyPath, scenarios, type Scenario } from './scenarios';

/** One pair of deaths in so many; `npm run proof:crash` takes them all. */
const SAMPLE = 97;

/** The tests of every scenario that is played under this guard, dying at every effect; one file a guard, to run side by side. */
export function describeCrashes(guard: Guard): void {
  describe(`against a Partner Center ${guard[0]}`, () => {
    let sandbox: TestSandbox;
    beforeAll(async () => {
      sandbox = await startPartnerCenter(guard);
    });
    afterAll(() => sandbox.stop());

    async function expectRightEnding(scenario: Scenario, mishaps: Mishaps): Promise<number> {
      const { observed, rescues } = await play(sandbox, scenario, mishaps);
      expect({ ...mishaps, ...observed }).toEqual({ ...mishaps, ...scenario.ending });
      // Where no message was lost, redelivery is enough: waiting for the watchdog would be a fault of ours.
      const isLost = (mishaps.vanishing ?? scenario.mishaps?.vanishing) !== undefined;
      if (!isLost) expect({ ...mishaps, rescues }).toEqual({ ...mishaps, rescues: 0 });
      return rescues;
    }

    async function expectSurvival(scenario: Scenario, deaths: (effects: number) => CrashPoint[][]): Promise<void> {
      const { observed, effects } = await play(sandbox, scenario);
      expect(observed).toEqual(scenario.ending);
      expect(effects).toBeGreaterThan(5);
      for (const crashes of deaths(effects)) await expectRightEnding(scenario, { crashes });
    }

    const own = scenarios.filter((scenario) => scenario.guards.some(([name]) => name === guard[0]));

    test.each(own)(
      'a purchase that $name ends right, whichever effect the process dies before or after',
      async (scenario) => expectSurvival(scenario, distinctSingles),
      60_000,
    );

    test.each(own)(
      'a purchase that $name ends right when the process dies twice',
      async (scenario) => expectSurvival(scenario, (effects) => pairs(effects).filter((_, at) => at % SAMPLE === 0)),
      60_000,
    );

    test('a message that vanishes is brought back by the watchdog', async () => {
      let rescues = 0;
      for (let vanishing = 1; vanishing <= 6; vanishing++) rescues += await expectRightEnding(happyPath, { vanishing });
      expect(rescues).toBeGreaterThan(0);
    });

    test('two workers at every message at the same time buy once', async () => {
      // A slow checkout, so that the second worker comes while the first is in the middle of it.
      const slow = { kind: 'delay', route: 'checkout', seconds: 0.03, effect: 'last' };
      for (let run = 0; run < 5; run++) await expectRightEnding({ ...happyPath, faults: [slow] }, { isDoubled: true });
    });

    // Without any guard nobody could be safe from an effect that comes when the client has given up.
    if (guard[0] === noGuard[0]) return;
    test('a checkout whose effect comes after the client gave up buys once', async () => {
      for (let lateCheckout = 0; lateCheckout <= 6; lateCheckout++)
        await expectRightEnding(happyPath, { lateCheckout });
    });
  });
}
