import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { chance } from '#model/chance';
import { Clock } from '#model/clock';
import { Throttle } from '#model/throttle';
import { Store } from '#store/store';

test('the same seed gives the same chances, all from 0 up to 1', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const [one, other] = [chance(seed), chance(seed)];
      const drawn = Array.from({ length: 50 }, () => one());
      expect(Array.from({ length: 50 }, () => other())).toEqual(drawn);
      expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true);
    }),
  );
});

test('a bucket lets so many calls through a minute, and waiting as long as it says is enough', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.array(fc.nat(5000), { maxLength: 60 }), (perMinute, pauses) => {
      const throttle = new Throttle();
      const burst = (at: number) => Array.from({ length: perMinute + 1 }, () => throttle.take('a', perMinute, at));
      expect(burst(0).filter((seconds) => seconds === 0)).toHaveLength(perMinute);
      let now = 0;
      for (const pause of pauses) throttle.take('a', perMinute, (now += pause));
      const seconds = burst(now).at(-1) ?? 0;
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(60);
      expect(throttle.take('a', perMinute, now + seconds * 1000)).toBe(0);
      expect(throttle.take('b', perMinute, now)).toBe(0);
    }),
  );
});

test('a pause ends by the sandbox’s clock: moving it forward shortens the pause, moving it back does not lengthen it', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'clock-'));
  const store = new Store(dataDir);
  const clock = new Clock(store);
  const ended: string[] = [];
  const long = clock.pause(600).then(() => ended.push('long'));
  const short = clock.pause(300).then(() => ended.push('short'));
  clock.move(-1000);
  clock.move(300);
  await short;
  expect(ended).toEqual(['short']);
  clock.move(300);
  await long;
  expect(ended).toEqual(['short', 'long']);
  store.close();
  rmSync(dataDir, { recursive: true });
});
