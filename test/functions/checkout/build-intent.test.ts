import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildIntent } from '#functions/checkout/build-intent';
import { anIntent, NOW } from '#test/support/builders';

const seconds = fc.integer({ min: 1, max: 600 });

test('a lease never ends before the call that it is for must have ended', () => {
  fc.assert(
    fc.property(seconds, (timeout) => {
      const { startedAt, leaseEndsAt } = buildIntent({}, false, 0, NOW, timeout);
      expect(Date.parse(leaseEndsAt) - Date.parse(startedAt)).toBeGreaterThan(timeout * 1000);
    }),
  );
});

test('calls without an answer stay in mind, however many; those that were answered do not', () => {
  let intent = anIntent();
  for (let call = 1; call <= 50; call++) {
    intent = buildIntent({ checkoutIntent: intent }, true, 0, new Date(NOW.getTime() + call * 60_000), 10);
    expect(intent.unanswered[0]?.from).toBe(NOW.toISOString());
    expect(intent.unanswered.at(-1)?.from).toBe(intent.startedAt);
    expect(intent.unanswered.length).toBeLessThanOrEqual(20);
  }
  expect(buildIntent({ checkoutIntent: intent }, false, 1, NOW, 10).unanswered).toHaveLength(1);
});
