import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { firstTransition } from '#functions/intake/accept-purchase';
import { judgeRequest } from '#functions/intake/judge-request';
import { placedLines, type PurchaseRequest } from '#shared/domain/purchase-request';
import { edges } from '#shared/pipeline/state-machine';
import { wish } from '#test/support/arbitraries';
import { aRequest, aRequester, AZURE_SUBSCRIPTION, NOW } from '#test/support/builders';

const ID = '5d0c1a3e-1f5b-5c39-9d26-6c1c0a9d7e11';
const first = (request: PurchaseRequest, isPossibleDuplicate = false) =>
  firstTransition(
    ID,
    aRequester(),
    'request-1',
    request,
    { now: NOW, milliseconds: 1 },
    isPossibleDuplicate ? { purchaseId: 'other', lineId: '1', acceptedAt: NOW.toISOString() } : undefined,
  );

const line = fc.tuple(wish, fc.boolean(), fc.nat(2)).map(([asked, isForAzure, addons]) => ({
  ...asked,
  ...(isForAzure ? { azureSubscriptionId: AZURE_SUBSCRIPTION } : {}),
  addonItems: Array.from({ length: addons }, () => ({ productId: 'ADD', skuId: '1', quantity: 1 })),
}));
const request = fc.array(line, { minLength: 1, maxLength: 5 }).map((lines) => aRequest(lines));

test('a new purchase begins where the state machine begins, with its accepted event first, and twice with the same bytes', () => {
  fc.assert(
    fc.property(request, fc.boolean(), (asked, isPossibleDuplicate) => {
      const { purchase, pending, history } = first(asked, isPossibleDuplicate);
      const isForAzure = asked.lines.some(({ azureSubscriptionId }) => azureSubscriptionId !== undefined);
      expect(purchase).toMatchObject({
        version: 1,
        stage: isForAzure ? 'enablement' : 'discovery',
        answersByOperation: {},
      });
      expect(purchase.status).toBe(isPossibleDuplicate ? 'held' : 'open');
      expect(Object.keys(edges)).toContain(purchase.stage);
      const types = pending.map((item) => (item.kind === 'event' ? item.event.name : item.stage));
      expect(types).toEqual(['accepted', isPossibleDuplicate ? 'held' : purchase.stage]);
      const sequences = pending.flatMap((item) => (item.kind === 'event' ? [item.sequence] : []));
      expect(sequences).toEqual(sequences.map((_, at) => at + 1));
      expect(purchase.sequence).toBe(sequences.length);
      expect(history).toMatchObject({ version: 1, stage: 'accept' });
      expect(JSON.stringify(first(asked, isPossibleDuplicate))).toBe(JSON.stringify({ purchase, pending, history }));
    }),
  );
});

test('every line and add-on of a request has a place of its own, add-ons right behind their parent', () => {
  fc.assert(
    fc.property(request, (asked) => {
      const placed = placedLines(asked);
      expect(new Set(placed.map(({ lineId }) => lineId)).size).toBe(placed.length);
      expect(placed.map((one) => one.line.productId)).toEqual(
        asked.lines.flatMap(({ productId, addonItems = [] }) => [productId, ...addonItems.map((one) => one.productId)]),
      );
      for (const { lineId } of placed) {
        const [parent = '', addon] = lineId.split('.');
        const at = placed.findIndex((one) => one.lineId === lineId);
        if (addon !== undefined) expect(placed[at - Number(addon)]?.lineId).toBe(parent);
      }
    }),
  );
});

/** A request that says everything that can be said. */
const everything = {
  customerId: 'b3f4a2de-0c35-4ae5-9d1e-2f0e1c7d9a01',
  lines: [
    {
      productId: 'P1',
      skuId: '0001',
      quantity: 2,
      billingCycle: 'monthly',
      termDuration: 'P1Y',
      segment: 'education',
      currencyCode: 'EUR',
      availabilityId: 'AV1',
      catalogItemId: 'P1:0001:AV1',
      friendlyName: 'a name',
      attestationAccepted: true,
      promotionId: 'PROMO1',
      participants: [{ key: 'transaction_reseller', value: '5357564' }],
      renewsTo: { termDuration: 'P1Y' },
      customTermEndDate: '2027-01-01T00:00:00Z',
      azureSubscriptionId: AZURE_SUBSCRIPTION,
      reservationScope: 'single',
      forAzurePlan: true,
      provisioningContext: { duration: '1Year' },
      parentSubscriptionId: AZURE_SUBSCRIPTION,
      addonItems: [{ productId: 'ADD', skuId: '0001', quantity: 1 }],
    },
  ],
  allowDuplicate: true,
  country: 'DE',
  currency: 'EUR',
  limits: { quantity: 5, amount: { value: '100', currency: 'EUR' } },
  quote: { value: '99.5', currency: 'EUR' },
  dryRun: true,
  reference: 'PO-1',
  metadata: { orderer: 'x', team: 'y' },
};

/** The same with each single member or entry, however deep, left out. */
function* shortened(value: unknown, path = ''): Generator<[path: string, without: unknown]> {
  if (typeof value !== 'object' || value === null) return;
  const entries = Object.entries(value);
  for (const [name, member] of entries) {
    const others = entries.filter(([other]) => other !== name);
    const build = (rest: [string, unknown][]) =>
      Array.isArray(value) ? rest.map(([, item]) => item) : Object.fromEntries(rest);
    yield [`${path}/${name}`, build(others)];
    for (const [deeper, without] of shortened(member, `${path}/${name}`))
      yield [deeper, build(entries.map(([other, kept]) => [other, other === name ? without : kept]))];
  }
}

const fingerprintOf = (body: unknown) => {
  const read = judgeRequest(Buffer.from(JSON.stringify(body)), aRequester());
  return read.kind === 'valid' ? first(read.request).purchase.fingerprint : undefined;
};

test.each([...shortened(everything)].map(([path, without]) => [path, without] as const))(
  'a repetition without %s is another content, or no request at all',
  (_path, without) => {
    expect(fingerprintOf(everything)).toMatch(/^[0-9a-f]{64}$/);
    expect(fingerprintOf(without)).not.toBe(fingerprintOf(everything));
  },
);

/** The same members at every depth in the opposite order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, member]) => [name, turned(member)]),
  );
}

test('the order in which members were written does not matter, nor does saying what would be assumed', () => {
  expect(fingerprintOf(turned(everything))).toBe(fingerprintOf(everything));
  expect(fingerprintOf({ ...everything, schemaVersion: 1 })).toBe(fingerprintOf(everything));
});
