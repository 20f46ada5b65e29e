import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TableClient } from '@azure/data-tables';
import fc from 'fast-check';
import { startChild, type Child } from '@cartage/stack/child';
import { localSettings } from '@cartage/stack/settings';
import { isStrictEtag } from '#shared/domain/strict-etag';
import { createTable, type Row, type Table } from '#shared/azure/table';
import { createPurchaseStore, Unreadable, type PurchaseStore } from '#shared/pipeline/purchase-store';
import { intention, LONGEST_NOTE, transition } from '#shared/pipeline/transition';
import { aCart, anOffer, aPlacedOrder, aPurchase, aRequest, NOW } from '#test/support/builders';
import { memoryTable } from '#test/support/memory';

/** Purchases in rows: read back from Azurite, and held against the documented limits, of which Azurite knows not all. */

let storage: Child;
let purchases: PurchaseStore;
let rows: Table;
beforeAll(async () => {
  const script = require.resolve('@cartage/stack/storage');
  const args = ['--blob-port', '0', '--table-port', '0', '--in-memory'];
  storage = await startChild({ name: 'storage', script, args, env: process.env, log: () => undefined });
  const { blobPort: blob = 0, tablePort: table = 0 } = storage.ready;
  const { StorageConnection } = localSettings({ blob, table, broker: 0, brokerAdmin: 0, sandbox: 0 }, '', {});
  const client = TableClient.fromConnectionString(StorageConnection, 'Purchases', { allowInsecureConnection: true });
  await client.createTable();
  rows = createTable(client);
  purchases = createPurchaseStore(limited(rows));
});
afterAll(() => storage.stop());

const circumstances = { now: NOW, milliseconds: 1, answersByOperation: {} };

/** Page "Understanding the Table service data model": 64 KiB for a text, 1 MiB for a row, both in UTF-16. */
function limited(whole: Table): Table {
  return {
    ...whole,
    write: (partition, first, inserts) => {
      [first, ...inserts].forEach(expectWithinLimits);
      return whole.write(partition, first, inserts);
    },
  };
}

function expectWithinLimits({ rowKey, values }: Row): void {
  const texts = Object.values(values);
  expect(Math.max(...texts.map((text) => text.length))).toBeLessThanOrEqual(32 * 1024);
  expect([rowKey, ...Object.keys(values), ...texts].join('').length).toBeLessThanOrEqual(512 * 1024);
  // Half a character is no valid UTF-16.
  for (const text of texts) expect(Buffer.from(text).toString() === text).toBe(true);
}

test('a character of two units survives wherever the parts of a long purchase meet', async () => {
  for (const shift of ['', 'x']) {
    const id = `5d0c1a3e-1f5b-5c39-9d26-6c1c0a9d7e1${shift.length}`;
    const reason = { code: 'x', message: 'y', advice: `${shift}${'😀'.repeat(50_000)}` };
    const written = intention(aPurchase({ id, reason }), {}, circumstances, '');
    await purchases.write(written);
    expect((await purchases.read(id))?.purchase).toEqual(written.purchase);
  }
});

test.each([
  ['that JSON writes as six', '\u0001'],
  ['of two units', '😀'],
])('the longest note fits into its row, even in characters %s', async (_what, character) => {
  const before = aPurchase({ id: `5d0c1a3e-1f5b-5c39-9d26-6c1c0a9d7e2${character.length}` });
  const note = character.repeat(LONGEST_NOTE * 2);
  const written = transition(before, { kind: 'advance', next: 'cart', note }, circumstances);
  await purchases.write(written);
  const found = await purchases.readHistory(before.id);
  expect(found?.history).toEqual([written.history]);
  expect(found?.history[0]?.note.length).toBeGreaterThan(LONGEST_NOTE);
});

test('the largest purchase fits into its row, with as much as tracking may add to it', async () => {
  const numbers = [...Array(200).keys()];
  const ids = { productId: 'P'.repeat(64), skuId: 'S'.repeat(64) };
  const catalogItemId = ['P', 'S', 'A'].map((part) => part.repeat(64)).join(':');
  // The body of a request has 256 kB at most.
  const provisioningContext = { a: 'x'.repeat(256), b: 'x'.repeat(256), c: 'x'.repeat(256) };
  const item = { ...ids, quantity: 1, segment: 'commercial' as const, provisioningContext };
  const requested = numbers.slice(0, 50).map(() => ({ ...item, addonItems: [item, item, item] }));
  const line = { catalogItemId, quantity: 1 };
  const purchase = aPurchase({
    id: '5d0c1a3e-1f5b-5c39-9d26-6c1c0a9d7e30',
    request: aRequest(requested),
    offers: numbers.map((at) => anOffer({ ...ids, ...line, lineId: `${at}`, title: 'x'.repeat(100) })),
    cart: aCart({ lines: numbers.map((at) => ({ ...line, lineId: `${at}`, orderGroup: `${at}` })) }),
    orders: numbers.map((at) =>
      aPlacedOrder({
        orderId: `${'x'.repeat(36)}${at}`,
        lines: [{ ...line, lineId: `${at}`, activationLink: 'x'.repeat(250) }],
      }),
    ),
  });
  const written = intention(purchase, {}, circumstances, '');
  await purchases.write(written);
  expect((await purchases.read(purchase.id))?.purchase).toEqual(written.purchase);
});

test('what is written is read back, whatever the texts are', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', 'ä', '😀', '\ud83d', '€') });
  await fc.assert(
    fc.asyncProperty(text, text, fc.nat(70_000), async (metadata, message, length) => {
      const store = createPurchaseStore(limited(memoryTable()));
      const reason = { code: 'x', message, advice: `${'a'.repeat(length)}${metadata}` };
      const written = transition(
        aPurchase({ request: aRequest([{}], { reference: 'r' }) }),
        { kind: 'hold', reason },
        circumstances,
      );
      await store.write(written);
      const found = await store.readHistory(written.purchase.id);
      expect(found?.stored.purchase).toEqual(written.purchase);
      expect(found?.stored.pending).toHaveLength(1);
      expect(found?.history).toEqual([written.history]);
    }),
    { numRuns: 50 },
  );
});

test('of two who write at the same time one is told that the other was first', async () => {
  const first = intention(aPurchase({ id: '5d0c1a3e-1f5b-5c39-9d26-6c1c0a9d7e31' }), {}, circumstances, '');
  const etag = await purchases.write(first);
  const next = intention(first.purchase, {}, circumstances, '');
  const etags = await Promise.all([purchases.write(next, etag), purchases.write(next, etag)]);
  expect(etags.filter((one) => one !== undefined)).toHaveLength(1);
});

test('what could not be read back is not written, and the error names the place and not the value', async () => {
  const id = '5d0c1a3e-1f5b-5c39-9d26-6c1c0a9d7e41';
  const first = intention(aPurchase({ id }), {}, circumstances, '');
  const etag = await purchases.write(first);
  const cart = aCart({ expiresAt: '+010000-01-01T07:59:59.000Z' });
  const unreadable = purchases.write(intention(first.purchase, { cart }, circumstances, ''), etag);
  await expect(unreadable).rejects.toThrow(Unreadable);
  await expect(unreadable).rejects.toThrow(/purchase\.cart\.expiresAt/);
  await expect(unreadable).rejects.not.toThrow(/010000/);
  expect((await purchases.read(id))?.purchase).toEqual(first.purchase);
});

test.each(['*', 'W/"*"', '', '"1"', `W/"datetime'*'"`, `W/"datetime'2026'", *`])(
  'the ETag %s names no state of a row, and nothing is written with it',
  async (etag) => {
    const id = '5d0c1a3e-1f5b-5c39-9d26-6c1c0a9d7e51';
    const first = intention(aPurchase({ id }), {}, circumstances, '');
    await purchases.write(first);
    const before = await purchases.read(id);
    const next = intention(first.purchase, { country: 'US' }, circumstances, '');
    await expect(purchases.write(next, etag)).rejects.toThrow(RangeError);
    await expect(purchases.clearPending(next.purchase, etag)).rejects.toThrow(RangeError);
    const row = { rowKey: 'state', values: { purchase: 'gone' }, etag };
    await expect(rows.write(id, row, [])).rejects.toThrow(RangeError);
    expect(await purchases.read(id)).toEqual(before);
  },
);

test('the ETags that storage gives are the ones that a write takes', async () => {
  const id = '5d0c1a3e-1f5b-5c39-9d26-6c1c0a9d7e61';
  const first = intention(aPurchase({ id }), {}, circumstances, '');
  const etag = await purchases.write(first);
  const read = await purchases.read(id);
  expect(read?.etag).toBe(etag);
  expect(isStrictEtag(etag ?? '')).toBe(true);
});
