import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { plantSeed } from '#model/plant-seed';
import { Store } from '#store/store';

let dataDir: string;
let journal: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'store-'));
  journal = join(dataDir, 'journal.ndjson');
});
afterEach(() => rmSync(dataDir, { recursive: true }));

/** Everything in a store, by collection. */
const contents = (store: Store): object => ({
  customers: Object.fromEntries(store.customers.entries()),
  subscriptions: Object.fromEntries(store.subscriptions.entries()),
  invoices: Object.fromEntries(store.invoices.entries()),
  values: Object.fromEntries(store.values.entries()),
});

/** A store with the seed, in its first transaction. */
function seeded(): Store {
  const store = new Store(dataDir);
  plantSeed(store);
  store.commit();
  return store;
}

test('what was committed is there again after a restart, what was not is gone', () => {
  const store = seeded();
  const committed = contents(store);
  store.values.put('clockOffset', 1);
  store.customers.delete('b3f4a2de-0c35-4ae5-9d1e-2f0e1c7d9a01');
  store.close();
  expect(contents(new Store(dataDir))).toEqual(committed);
});

test('a rollback undoes every change since the last commit', () => {
  const store = seeded();
  const committed = contents(store);
  store.values.put('clockOffset', 1);
  store.values.put('clockOffset', 2);
  store.customers.delete('b3f4a2de-0c35-4ae5-9d1e-2f0e1c7d9a01');
  store.rollback();
  expect(contents(store)).toEqual(committed);
  store.close();
});

test('a transaction torn by a crash is dropped whole, and what follows it is kept', () => {
  const store = seeded();
  const committed = contents(store);
  store.close();
  appendFileSync(journal, '[["values","clockOffset",7],["orders","torn",{"id":"to');
  const after = new Store(dataDir);
  expect(contents(after)).toEqual(committed);
  after.values.put('clockOffset', 1);
  after.commit();
  after.close();
  expect(readFileSync(journal, 'utf8')).not.toContain('"torn"');
  expect(new Store(dataDir).values.get('clockOffset')).toBe(1);
});

test('a journal of many rewrites is compacted at the next start, without losing anything', () => {
  const store = seeded();
  for (let offset = 0; offset < 1100; offset += 1) {
    store.values.put('clockOffset', offset);
    store.commit();
  }
  const committed = contents(store);
  store.close();
  const before = statSync(journal).size;
  const compacted = new Store(dataDir);
  expect(statSync(journal).size).toBeLessThan(before / 2);
  expect(contents(compacted)).toEqual(committed);
  compacted.close();
  expect(contents(new Store(dataDir))).toEqual(committed);
});
