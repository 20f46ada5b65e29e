import { expect, test } from '@jest/globals';
import { createCatalogueCache } from '#shared/pipeline/catalogue-cache';

/** A search that counts how often it was made. */
function counted() {
  let count = 0;
  return { find: async () => ({ search: ++count }), count: () => count };
}

test('several who ask at once share one search, and so do those who ask later', async () => {
  const cache = createCatalogueCache(60);
  const { find, count } = counted();
  await Promise.all([cache.remember('a', find), cache.remember('a', find)]);
  expect(await cache.remember('a', find)).toEqual({ search: 1 });
  expect(count()).toBe(1);
});

test('who asks for something fresh gets it, and leaves it for the others', async () => {
  const cache = createCatalogueCache(60);
  const { find } = counted();
  await cache.remember('a', find);
  expect(await cache.remember('a', find, true)).toEqual({ search: 2 });
  expect(await cache.remember('a', find)).toEqual({ search: 2 });
});

test('a search that failed is not remembered', async () => {
  const cache = createCatalogueCache(60);
  await expect(cache.remember('a', () => Promise.reject(new Error('no answer')))).rejects.toThrow('no answer');
  expect(await cache.remember('a', counted().find)).toEqual({ search: 1 });
});

test('a failure that comes late does not take away what was found meanwhile', async () => {
  const cache = createCatalogueCache(60);
  const { find, count } = counted();
  let fail = (_error: Error): void => undefined;
  const slow = cache.remember('a', () => new Promise<object>((_, reject) => (fail = reject)));
  await cache.remember('a', find, true);
  fail(new Error('too late'));
  await expect(slow).rejects.toThrow('too late');
  await cache.remember('a', find);
  expect(count()).toBe(1);
});
