import { afterEach, expect, jest, test } from '@jest/globals';
import * as fc from 'fast-check';
import { createThrottle, type Throttle } from '#shared/partner-center/throttle/throttle';

const WIDE = { perMinute: Infinity, concurrency: Infinity };

afterEach(() => {
  jest.useRealTimers();
});

async function admit(throttle: Throttle, customerId?: string): Promise<() => void> {
  const admission = await throttle.enter(customerId);
  if (!admission.admitted) throw new Error(`not admitted for ${admission.waitSeconds} s`);
  return admission.leave;
}

test('over the budget of a minute the caller learns how long to wait, and nobody sleeps', async () => {
  let now = 0;
  const throttle = createThrottle({ partner: { perMinute: 2, concurrency: 9 }, customer: WIDE, now: () => now });
  await admit(throttle);
  now = 20_000;
  await admit(throttle);
  expect(await throttle.enter(undefined)).toEqual({ admitted: false, waitSeconds: 40 });
  now = 60_000;
  await admit(throttle);
  expect(await throttle.enter(undefined)).toEqual({ admitted: false, waitSeconds: 20 });
});

test("one customer's budget does not hold up another customer", async () => {
  const throttle = createThrottle({ partner: WIDE, customer: { perMinute: 1, concurrency: 9 }, now: () => 0 });
  await admit(throttle, 'a');
  expect(await throttle.enter('A')).toEqual({ admitted: false, waitSeconds: 60 });
  await admit(throttle, 'b');
  await admit(throttle);
});

test('a request waits shortly for another to end', async () => {
  const throttle = createThrottle({ partner: { perMinute: Infinity, concurrency: 1 }, customer: WIDE });
  const leave = await admit(throttle);
  const second = admit(throttle);
  leave();
  (await second)();
});

test('a place that the first in the queue cannot use goes to the next', async () => {
  jest.useFakeTimers();
  const partner = { perMinute: Infinity, concurrency: 2 };
  const throttle = createThrottle({ partner, customer: { perMinute: Infinity, concurrency: 1 }, now: () => 0 });
  await admit(throttle, 'a');
  const leave = await admit(throttle, 'b');
  const rejected = throttle.enter('a');
  const next = throttle.enter('c');
  leave();
  expect(await next).toMatchObject({ admitted: true });
  await jest.advanceTimersByTimeAsync(500);
  expect(await rejected).toEqual({ admitted: false, waitSeconds: 1 });
});

test('when no other request ends within half a second the caller has to come back', async () => {
  jest.useFakeTimers();
  const throttle = createThrottle({ partner: { perMinute: Infinity, concurrency: 1 }, customer: WIDE });
  await admit(throttle);
  const answers: unknown[] = [];
  void throttle.enter(undefined).then((answer) => answers.push(answer));
  await jest.advanceTimersByTimeAsync(499);
  expect(answers).toEqual([]);
  await jest.advanceTimersByTimeAsync(1);
  expect(answers).toEqual([{ admitted: false, waitSeconds: 1 }]);
});

test('429s in a row close longer each time, and a success ends the row', () => {
  let now = 0;
  const throttle = createThrottle({ partner: WIDE, customer: WIDE, now: () => now });
  const rejectedAfter = (seconds: number) => {
    now += 1000 * seconds;
    return throttle.close('a', 10);
  };
  expect([rejectedAfter(0), rejectedAfter(10), rejectedAfter(20)]).toEqual([10, 20, 40]);
  now += 40_000;
  throttle.succeeded('a');
  expect(rejectedAfter(0)).toBe(10);
});

test('a 429 that names no time closes all the same, and longer each time', () => {
  let now = 0;
  const throttle = createThrottle({ partner: WIDE, customer: WIDE, now: () => now });
  const seconds = [0, 1, 2].map((later) => {
    now += 1000 * later;
    return throttle.close('a', 0);
  });
  expect(seconds).toEqual([1, 2, 4]);
});

test('a wait of less than half a second is answered and not slept through', async () => {
  let now = 0;
  const throttle = createThrottle({ partner: { perMinute: 1, concurrency: 9 }, customer: WIDE, now: () => now });
  await admit(throttle);
  now = 59_999;
  expect(await throttle.enter(undefined)).toEqual({ admitted: false, waitSeconds: 1 });
});

test('429s of requests that were open together count as one', () => {
  const throttle = createThrottle({ partner: WIDE, customer: WIDE, now: () => 0 });
  expect([throttle.close('a', 10), throttle.close('a', 10), throttle.close('a', 10)]).toEqual([10, 10, 10]);
});

test('429s for two customers at a time close the whole partner', async () => {
  const throttle = createThrottle({ partner: WIDE, customer: WIDE, now: () => 0 });
  throttle.close('a', 30);
  await admit(throttle, 'c');
  throttle.close('b', 30);
  expect(await throttle.enter('c')).toEqual({ admitted: false, waitSeconds: 30 });
  expect(await throttle.enter(undefined)).toEqual({ admitted: false, waitSeconds: 30 });
});

test('whatever the order of requests, no minute ever sees more than its budget', async () => {
  const steps = fc.array(fc.record({ seconds: fc.nat(20), customer: fc.constantFrom('a', 'b', undefined) }), {
    maxLength: 80,
  });
  await fc.assert(
    fc.asyncProperty(steps, async (requests) => {
      let now = 0;
      const partner = { perMinute: 5, concurrency: Infinity };
      const throttle = createThrottle({ partner, customer: { ...partner, perMinute: 3 }, now: () => now });
      const started: { at: number; customer: string | undefined }[] = [];
      for (const { seconds, customer } of requests) {
        // Whole seconds: too long for the queue, so that the gate answers at once.
        now += seconds * 1000;
        const admission = await throttle.enter(customer);
        if (admission.admitted) started.push({ at: now, customer });
      }
      for (const { at } of started) {
        const minute = started.filter((each) => each.at >= at && each.at < at + 60_000);
        expect(minute.length).toBeLessThanOrEqual(5);
        expect(minute.filter(({ customer }) => customer === 'a').length).toBeLessThanOrEqual(3);
      }
    }),
    { numRuns: 50 },
  );
});
