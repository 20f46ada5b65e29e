import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isCheckoutUnclear, type Purchase } from '#shared/domain/purchase';
import { isKnownErrorCode } from '#shared/partner-center/errors/error-table';
import { refusedAnswer } from '#shared/partner-center/http/failure';
import type { ApiRequest } from '#shared/partner-center/http/request';
import { outcomeOfError, outcomeOfRemedy, withStageTimeout } from '#shared/pipeline/error-policy';
import { isAnswer } from '#shared/pipeline/stage-run';
import { failure, purchase, remedy } from '#test/support/arbitraries';
import { aCart, aPurchase, NOW, anIntent } from '#test/support/builders';
import { settings } from '#test/support/machine';

const mayHaveBought = (one: Purchase) => isCheckoutUnclear(one) || (one.orders ?? []).length > 0;

test('whatever fails, nothing is rejected or begun anew while something may have been bought', () => {
  fc.assert(
    fc.property(failure, purchase, (error, one) => {
      const outcome = outcomeOfError(error, one, NOW);
      if (mayHaveBought(one)) expect(['retry', 'hold']).toContain(outcome?.kind);
      // What was bought is never taken back.
      if (outcome?.changes) expect(outcome.changes).not.toHaveProperty('orders');
    }),
    { numRuns: 1000 },
  );
});

test('the catalogue is read afresh at most once, and with nothing of the first reading', () => {
  const reason = { code: 'x', message: 'y', advice: 'z' };
  const unbought = purchase.map(({ orders: _orders, checkoutIntent: _intent, ...rest }): Purchase => rest);
  let readings = 0;
  fc.assert(
    fc.property(remedy, fc.oneof(purchase, unbought), (what, one) => {
      const outcome = outcomeOfRemedy(what, reason, one);
      if (outcome.kind !== 'advance') return;
      readings++;
      expect(what).toBe('refresh-catalogue');
      expect(one.catalogueRefreshed).not.toBe(true);
      expect(outcome).toMatchObject({ next: 'discovery', changes: { catalogueRefreshed: true } });
      expect(outcome.changes).toEqual({
        catalogueRefreshed: true,
        offers: undefined,
        cart: undefined,
        checkoutIntent: undefined,
      });
    }),
    { numRuns: 1000 },
  );
  expect(readings).toBeGreaterThan(10);
});

test('a wait is at least a second and never past the deadline of its stage; past it a person is asked', () => {
  const timeout = fc.integer({ min: 1, max: 5000 });
  fc.assert(
    fc.property(failure, purchase, timeout, (error, one, stageTimeoutSeconds) => {
      const outcome = outcomeOfError(error, one, NOW);
      if (!outcome) throw new Error('a failure of Partner Center has an outcome');
      const timed = withStageTimeout(outcome, one, NOW, { ...settings, stageTimeoutSeconds });
      const deadline = Date.parse(one.stageSince) + stageTimeoutSeconds * 1000;
      if (outcome.kind !== 'retry') return expect(timed).toBe(outcome);
      if (timed.kind !== 'retry') {
        expect(timed).toMatchObject({ kind: 'hold', reason: { code: 'stage-timeout' } });
        return expect(NOW.getTime()).toBeGreaterThanOrEqual(deadline);
      }
      expect(timed.seconds).toBeGreaterThanOrEqual(1);
      expect(NOW.getTime() + timed.seconds * 1000).toBeLessThan(deadline + 1000);
    }),
    { numRuns: 500 },
  );
});

test('who waits for somebody else to finish is as patient as who waits for Partner Center, and no more', () => {
  fc.assert(
    fc.property(purchase, fc.integer({ min: 1, max: 5000 }), (one, stageTimeoutSeconds) => {
      const postpone = { kind: 'yield' as const, until: NOW.toISOString(), note: 'somebody is at it' };
      const wait = { kind: 'retry' as const, seconds: 1, note: 'not yet' };
      const held = [postpone, wait].map(
        (outcome) => withStageTimeout(outcome, one, NOW, { ...settings, stageTimeoutSeconds }).kind === 'hold',
      );
      expect(new Set(held).size).toBe(1);
    }),
  );
});

test('without a word of Partner Center pauses grow with every attempt, up to a limit', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.integer({ min: 1, max: 2000 }), (id, attempt) => {
      const secondsAt = (count: number) => {
        const one = aPurchase({ id, attempts: { discovery: count } });
        const outcome = outcomeOfRemedy('repeat', { code: 'x', message: 'y', advice: 'z' }, one);
        return outcome.kind === 'retry' ? outcome.seconds : Number.NaN;
      };
      expect(secondsAt(attempt)).toBeGreaterThanOrEqual(5);
      expect(secondsAt(attempt + 1)).toBeGreaterThanOrEqual(secondsAt(attempt));
      expect(secondsAt(attempt)).toBeLessThanOrEqual(375);
    }),
  );
});

const checkout: ApiRequest = { operation: 'check out cart', method: 'POST', path: '/v1/x', token: 'app' };
const call = { requestId: 'r', correlationId: 'c' };
const status = fc.oneof(fc.integer({ min: 300, max: 599 }), fc.constantFrom(400, 403, 404, 409, 500));
const body = fc.record(
  { code: fc.oneof(fc.nat(999_999), fc.constantFrom(800_009, 800_066, 800_065, 800_060)), description: fc.string() },
  { requiredKeys: [] },
);
const atCheckout = aPurchase({
  stage: 'checkout',
  attempts: { checkout: 1 },
  cart: aCart(),
  checkoutIntent: anIntent({ startedAt: NOW.toISOString(), leaseEndsAt: '2026-03-01T10:03:00.000Z' }),
});

test('an answer to a checkout that may have had its effect is looked into, never rejected; only what is known to be over frees the cart', () => {
  fc.assert(
    fc.property(status, body, fc.boolean(), (code, answer, isRetryable) => {
      const error = refusedAnswer(checkout, call, code, { ...answer, isRetryable }, undefined);
      const answersByOperation = isAnswer(error) ? { 'checkout/cart-1': 1 } : {};
      const outcome = outcomeOfError(error, { ...atCheckout, answersByOperation }, NOW);
      if (!error.outcomeKnown) {
        expect(isAnswer(error)).toBe(false);
        expect(['retry', 'hold']).toContain(outcome?.kind);
        expect(outcome?.changes?.checkoutIntent).toBeUndefined();
      }
      // A no without a code of Partner Center's own says nothing of the checkout.
      if (outcome?.kind === 'reject') expect(isKnownErrorCode(`${answer.code}`)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('a code that is new to us is held with the raw facts, unless its status says to try again', () => {
  const unknown = fc.nat(999_999).filter((code) => !isKnownErrorCode(`${code}`));
  const rejecting = fc.constantFrom(400, 402, 403, 404, 405, 410, 417, 422);
  const text = fc.string({ minLength: 1, maxLength: 50, unit: fc.constantFrom('a', 'b', 'é') });
  fc.assert(
    fc.property(unknown, rejecting, text, fc.constantFrom('cart', 'discovery'), (code, http, description, stage) => {
      const error = refusedAnswer(checkout, call, http, { code, description }, undefined);
      const outcome = outcomeOfError(error, aPurchase({ stage: stage === 'cart' ? 'cart' : 'discovery' }), NOW);
      expect(outcome).toMatchObject({ kind: 'hold', reason: { code: `${code}` } });
      const message = outcome?.kind === 'hold' ? outcome.reason.message : '';
      expect(message).toContain(`${http}/${code}`);
      expect(message).toContain(description);
    }),
  );
});
