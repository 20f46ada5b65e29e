import { expect, test } from '@jest/globals';
import { eventually } from '#eventually';

/** Answers one after the other, the last again and again. */
function answers<T>(...all: readonly [T, ...T[]]): () => T {
  let next = 0;
  return () => all[Math.min(next++, all.length - 1)] ?? all[0];
}

test('it waits for a condition and for a value', async () => {
  expect(await eventually('it holds', answers(false, false, true))).toBe(true);
  expect(await eventually('it is there', answers<string | undefined>(undefined, 'found'))).toBe('found');
  expect(await eventually('zero is a value, too', answers<number | undefined>(undefined, 0))).toBe(0);
});

test('it names what did not happen', async () => {
  await expect(eventually('the moon is blue', () => false, 20)).rejects.toThrow(
    'This did not happen within 20 ms: the moon is blue',
  );
});

test('an error ends the waiting', async () => {
  const ask = (): boolean => {
    throw new Error('broken');
  };
  await expect(eventually('anything', ask)).rejects.toThrow('broken');
});
