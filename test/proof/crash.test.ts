import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';
import { guards } from './guards';
import { buyThreeLines, factsOf, rightEnding } from './three-lines';

describe.each(guards)('against a Partner Center %s', (_guards, switches) => {
  let sandbox: TestSandbox;
  beforeAll(async () => {
    sandbox = await startTestSandbox(['--order-delay-seconds', '5', '--list-lag-seconds', '30', ...switches]);
  });
  afterAll(() => sandbox.stop());

  test('a process that dies before or after any one effect buys once, and tells the same', async () => {
    const { effects } = await buyThreeLines(sandbox);
    expect(effects).toBeGreaterThan(15);
    for (let effect = 1; effect <= effects; effect++) {
      for (const when of ['before', 'after'] as const) {
        const bought = await buyThreeLines(sandbox, { crashes: [{ effect, when }] });
        expect({ effect, when, ...factsOf(bought) }).toEqual({ effect, when, ...rightEnding });
      }
    }
  });

  test('a message that vanishes is brought back by the alarm clock', async () => {
    for (let vanishing = 1; vanishing <= 6; vanishing++) {
      expect({ vanishing, ...factsOf(await buyThreeLines(sandbox, { vanishing })) }).toEqual({
        vanishing,
        ...rightEnding,
      });
    }
  });

  test('two workers at every message at the same time buy once', async () => {
    for (let run = 0; run < 5; run++) {
      // A slow checkout, so that the second worker comes while the first is in the middle of it.
      await sandbox.control('/sandbox/faults', { kind: 'delay', route: 'checkout', seconds: 0.03, effect: 'last' });
      expect(factsOf(await buyThreeLines(sandbox, { isDoubled: true }))).toEqual(rightEnding);
    }
  });
});

/** Without any guard nobody could be safe from an effect that comes when the client has given up. */
describe.each(guards.filter(([, switches]) => switches.length < 4))(
  'against a Partner Center %s',
  (_guards, switches) => {
    let sandbox: TestSandbox;
    beforeAll(async () => {
      sandbox = await startTestSandbox(['--order-delay-seconds', '5', '--list-lag-seconds', '30', ...switches]);
    });
    afterAll(() => sandbox.stop());

    test('a checkout whose effect comes after the client gave up buys once', async () => {
      for (let lateCheckout = 0; lateCheckout <= 6; lateCheckout++) {
        const bought = await buyThreeLines(sandbox, { lateCheckout });
        expect({ lateCheckout, ...factsOf(bought) }).toEqual({ lateCheckout, ...rightEnding });
      }
    });
  },
);
