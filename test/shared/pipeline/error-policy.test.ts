import { expect, test } from '@jest/globals';
import { ContractError, PartnerCenterError, type Remedy } from '#shared/partner-center/errors/errors';
import { outcomeOfError, withPatience, type Policy } from '#shared/pipeline/error-policy';
import { aCart, aPlacedOrder, aPurchase, NOW } from '#test/support/builders';

const failure = (remedy: Remedy, rest: { retryAfterSeconds?: number; outcomeKnown?: boolean } = {}) =>
  new PartnerCenterError({
    operation: 'test',
    requestId: 'r',
    correlationId: 'c',
    code: '1',
    advice: 'a',
    outcomeKnown: true,
    remedy,
    ...rest,
  });
const policy: Policy = {
  checkoutTimeoutSeconds: 180,
  trackingIntervalsSeconds: [15],
  trackProvisioning: true,
  patienceSeconds: 3600,
  watchSeconds: 600,
  catalogueSeconds: 60,
  perpetualSoftwareQualified: false,
  sourceLimits: new Map(),
};
const unclear = aPurchase({
  stage: 'checkout',
  cart: aCart(),
  checkout: { request: 0, startedAt: NOW.toISOString(), leaseEndsAt: NOW.toISOString() },
});

test.each<[Remedy, string]>([
  ['repeat', 'wait'],
  ['wait', 'wait'],
  ['verify', 'wait'],
  ['refresh-catalogue', 'refused'],
  ['refuse', 'refused'],
  ['hold', 'held'],
])('in discovery, remedy %s becomes %s', (remedy, kind) => {
  expect(outcomeOfError(failure(remedy), aPurchase())?.kind).toBe(kind);
});

test('a later stage that finds the catalogue changed looks once more, then asks a person', () => {
  const atCart = aPurchase({ stage: 'cart', attempts: { discovery: 1, cart: 1 }, cart: aCart() });
  expect(outcomeOfError(failure('refresh-catalogue'), atCart)).toMatchObject({
    kind: 'continue',
    next: 'discovery',
    facts: { cart: undefined },
  });
  const again = { ...atCart, isSecondLook: true };
  expect(outcomeOfError(failure('refresh-catalogue'), again)).toMatchObject({ kind: 'held' });
});

test('Retry-After decides how long to wait; without it the pause doubles up to a limit', () => {
  expect(outcomeOfError(failure('wait', { retryAfterSeconds: 57 }), aPurchase())).toMatchObject({ seconds: 57 });
  const pauses = [1, 2, 3, 20].map((discovery) =>
    outcomeOfError(failure('repeat'), aPurchase({ attempts: { discovery } })),
  );
  const seconds = pauses.map((outcome) => (outcome?.kind === 'wait' ? outcome.seconds : 0));
  expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
  expect(Math.max(...seconds)).toBeLessThanOrEqual(375);
});

test.each<[string, ReturnType<typeof aPurchase>]>([
  ['while a checkout is unclear', unclear],
  ['after orders were placed', aPurchase({ stage: 'tracking', orders: [aPlacedOrder()] })],
])('%s, a no is never a refusal: a person has to look', (_when, purchase) => {
  expect(outcomeOfError(failure('refuse'), purchase)?.kind).toBe('held');
  expect(outcomeOfError(failure('refresh-catalogue'), purchase)?.kind).toBe('held');
});

test('a checkout that was answered with a no is refused', () => {
  expect(outcomeOfError(failure('refuse'), { ...unclear, answered: { 'checkout/cart-1': 1 } })?.kind).toBe('refused');
});

test("an answer that can not be read is held, and a bug is nobody else's", () => {
  expect(outcomeOfError(new ContractError('test', ['x'], true, 'r', 'c'), aPurchase())?.kind).toBe('held');
  expect(outcomeOfError(new TypeError('bug'), aPurchase())).toBeUndefined();
});

test('a Retry-After of 0 is no reason to try again at once', () => {
  const outcome = outcomeOfError(failure('wait', { retryAfterSeconds: 0 }), aPurchase());
  expect(outcome?.kind === 'wait' && outcome.seconds).toBeGreaterThanOrEqual(5);
});

test("a wait beyond the stage's patience becomes a question to a person", () => {
  const wait = { kind: 'wait' as const, seconds: 30, note: 'pending' };
  const since = (seconds: number) => aPurchase({ stageSince: new Date(NOW.getTime() - seconds * 1000).toISOString() });
  expect(withPatience(wait, since(60), NOW, policy)).toEqual(wait);
  expect(withPatience(wait, since(3601), NOW, policy)).toMatchObject({
    kind: 'held',
    reason: { code: 'waited-too-long' },
  });
});
