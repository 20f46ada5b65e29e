import { expect, test } from '@jest/globals';
import { ContractError } from '#shared/partner-center/errors/contract-error';
import { PartnerCenterError, type Remedy } from '#shared/partner-center/errors/partner-center-error';
import { outcomeOfError, withStageTimeout } from '#shared/pipeline/error-policy';
import type { PipelineSettings } from '#shared/pipeline/settings';
import { aCart, aPlacedOrder, aPurchase, NOW, anIntent } from '#test/support/builders';

const failure = (
  remedy: Remedy,
  rest: { retryAfterSeconds?: number; outcomeKnown?: boolean; newForSeconds?: number } = {},
) =>
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
const settings: PipelineSettings = {
  checkoutTimeoutSeconds: 180,
  trackingIntervalsSeconds: [15],
  outagePausesSeconds: [5],
  trackProvisioning: true,
  stageTimeoutSeconds: 3600,
  watchdogSeconds: 600,
  catalogueSeconds: 60,
  perpetualSoftwareQualified: false,
  requesterLimits: new Map(),
};
const unclear = aPurchase({
  stage: 'checkout',
  cart: aCart(),
  checkoutIntent: anIntent({ startedAt: NOW.toISOString(), leaseEndsAt: NOW.toISOString() }),
});

test.each<[Remedy, string]>([
  ['repeat', 'retry'],
  ['wait', 'retry'],
  ['verify', 'retry'],
  ['refresh-catalogue', 'reject'],
  ['reject', 'reject'],
  ['hold', 'hold'],
])('in discovery, remedy %s becomes %s', (remedy, kind) => {
  expect(outcomeOfError(failure(remedy), aPurchase(), NOW)?.kind).toBe(kind);
});

test('a later stage that finds the catalogue changed looks once more, then asks a person', () => {
  const atCart = aPurchase({ stage: 'cart', attempts: { discovery: 1, cart: 1 }, cart: aCart() });
  expect(outcomeOfError(failure('refresh-catalogue'), atCart, NOW)).toMatchObject({
    kind: 'advance',
    next: 'discovery',
    changes: { cart: undefined },
  });
  const again = { ...atCart, catalogueRefreshed: true };
  expect(outcomeOfError(failure('refresh-catalogue'), again, NOW)).toMatchObject({ kind: 'hold' });
});

test('Retry-After decides how long to wait; without it the pause doubles up to a limit', () => {
  expect(outcomeOfError(failure('wait', { retryAfterSeconds: 57 }), aPurchase(), NOW)).toMatchObject({ seconds: 57 });
  const pauses = [1, 2, 3, 20].map((discovery) =>
    outcomeOfError(failure('repeat'), aPurchase({ attempts: { discovery } }), NOW),
  );
  const seconds = pauses.map((outcome) => (outcome?.kind === 'retry' ? outcome.seconds : 0));
  expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
  expect(Math.max(...seconds)).toBeLessThanOrEqual(375);
});

test.each<[string, ReturnType<typeof aPurchase>]>([
  ['while a checkout is unclear', unclear],
  ['after orders were placed', aPurchase({ stage: 'tracking', orders: [aPlacedOrder()] })],
])('%s, a no is never a rejection: an operator has to look', (_when, purchase) => {
  expect(outcomeOfError(failure('reject'), purchase, NOW)?.kind).toBe('hold');
  expect(outcomeOfError(failure('refresh-catalogue'), purchase, NOW)?.kind).toBe('hold');
});

test('a checkout that was answered with a no is rejected', () => {
  expect(
    outcomeOfError(failure('reject'), { ...unclear, answersByOperation: { 'checkout/cart-1': 1 } }, NOW)?.kind,
  ).toBe('reject');
});

test("an answer that can not be read is held, and a bug is nobody else's", () => {
  expect(outcomeOfError(new ContractError('test', ['x'], true, 'r', 'c'), aPurchase(), NOW)?.kind).toBe('hold');
  expect(outcomeOfError(new TypeError('bug'), aPurchase(), NOW)).toBeUndefined();
});

test('a Retry-After of 0 is no reason to try again at once', () => {
  const outcome = outcomeOfError(failure('wait', { retryAfterSeconds: 0 }), aPurchase(), NOW);
  expect(outcome?.kind === 'retry' && outcome.seconds).toBeGreaterThanOrEqual(5);
});

test('a retry beyond the stage time-out is held for an operator', () => {
  const retry = { kind: 'retry' as const, seconds: 30, note: 'pending' };
  const since = (seconds: number) => aPurchase({ stageSince: new Date(NOW.getTime() - seconds * 1000).toISOString() });
  expect(withStageTimeout(retry, since(60), NOW, settings)).toEqual(retry);
  expect(withStageTimeout(retry, since(3601), NOW, settings)).toMatchObject({
    kind: 'hold',
    reason: { code: 'stage-timeout' },
  });
});

test('what may only be too new to be found is tried again until its time is over', () => {
  const error = failure('reject', { newForSeconds: 900 });
  const { acceptedAt } = aPurchase();
  const after = (seconds: number) => new Date(Date.parse(acceptedAt) + seconds * 1000);
  expect(outcomeOfError(error, aPurchase(), after(899))).toMatchObject({ kind: 'retry', seconds: expect.any(Number) });
  expect(outcomeOfError(error, aPurchase(), after(900))).toMatchObject({ kind: 'reject' });
});
