import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { resumePurchase } from '#functions/operators/resume-purchase';
import { createPossibleDuplicates } from '#shared/pipeline/possible-duplicates';
import { aRequest, NOW } from '#test/support/builders';
import { Machine } from '#test/support/machine';
import { memoryTable } from '#test/support/memory';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox(['--order-delay-seconds', '0']);
});
afterAll(() => sandbox.stop());

const licences = [
  { productId: 'CFQ7TTC0LH18', skuId: '0001', quantity: 3, termDuration: 'P1Y', billingCycle: 'monthly' },
];

test('the same wish under another id is held with a pointer to the first, unless it says that it is meant', async () => {
  const machine = new Machine(sandbox, { possibleDuplicateHours: 24 });
  const first = await machine.buy(aRequest(licences));
  expect(first.stored.purchase.status).toBe('completed');

  const second = await machine.buy(aRequest(licences));
  expect(second.stored).toMatchObject({
    pending: [],
    purchase: { status: 'held', reason: { code: 'possible-duplicate' } },
  });
  expect(second.stored.purchase.reason?.message).toContain(first.stored.purchase.id);
  const own = (await sandbox.orders()).filter(({ correlationId }) => correlationId === second.stored.purchase.id);
  expect(own).toEqual([]);

  const meant = await machine.buy(aRequest(licences, { allowDuplicate: true }));
  expect(meant.stored.purchase.status).toBe('completed');

  await resumePurchase(second.stored.purchase.id, 'both are meant', machine.deps);
  expect((await machine.run(second.stored.purchase.id)).stored.purchase.status).toBe('completed');
});

const later = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);

test('another quantity, another customer or another day is no possible duplicate', async () => {
  const guard = createPossibleDuplicates(memoryTable(), 24);
  await guard.register('a', aRequest([{ quantity: 5 }]), NOW);
  expect(await guard.register('b', aRequest([{ quantity: 6 }]), NOW)).toBeUndefined();
  const fabrikam = aRequest([{ quantity: 5 }], { customerId: '5f1c6a77-93b8-4f0a-8a8e-7c2f8f3b2c02' });
  expect(await guard.register('c', fabrikam, NOW)).toBeUndefined();
  expect(await guard.register('d', aRequest([{ quantity: 5 }]), later(25))).toBeUndefined();
  expect(await guard.register('e', aRequest([{ quantity: 5 }]), later(23))).toMatchObject({ purchaseId: 'a' });
});

test('of two that come at the same moment at least one is held', async () => {
  const guard = createPossibleDuplicates(memoryTable(), 24);
  const found = await Promise.all(['a', 'b'].map((id) => guard.register(id, aRequest([{ quantity: 5 }]), NOW)));
  expect(found.some((other) => other !== undefined)).toBe(true);
});

test('the same purchase again is never its own possible duplicate', async () => {
  const guard = createPossibleDuplicates(memoryTable(), 24);
  await guard.register('a', aRequest([{ quantity: 5 }]), NOW);
  expect(await guard.register('a', aRequest([{ quantity: 5 }]), later(1))).toBeUndefined();
});

test("a dry run is nobody's possible duplicate", async () => {
  const machine = new Machine(sandbox, { possibleDuplicateHours: 24 });
  const quote = await machine.buy(aRequest(licences, { dryRun: true }));
  expect(quote.stored.purchase.status).toBe('quoted');
  expect((await machine.buy(aRequest(licences))).stored.purchase.status).toBe('completed');
});

test('every line is written down, also behind one that was found', async () => {
  const guard = createPossibleDuplicates(memoryTable(), 24);
  await guard.register('a', aRequest([{ quantity: 5 }]), NOW);
  await guard.register('b', aRequest([{ quantity: 5 }, { quantity: 7 }]), later(1));
  expect(await guard.register('c', aRequest([{ quantity: 7 }]), later(2))).toMatchObject({ purchaseId: 'b' });
});
