import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { lookUpCartLineError } from '#shared/partner-center/errors/cart-line-errors';
import type { ApiRequest } from '#shared/partner-center/http/request';
import { aCall, startClientUnderTest, type ClientUnderTest } from './client-under-test';
import { respond } from './scripted-server';

const WRITE: ApiRequest = { operation: 'check out cart', method: 'POST', path: '/v1/carts/1/checkout', token: 'app' };
const READ: ApiRequest = { operation: 'get cart', method: 'GET', path: '/v1/carts/1', token: 'app' };

let client: ClientUnderTest;
beforeAll(async () => {
  client = await startClientUnderTest({ limits: { partnerPerMinute: Infinity } });
});
afterAll(() => client.close());

function failing(request: ApiRequest, status: number, body: unknown): Promise<unknown> {
  client.answer(respond(status, body));
  return client.pc.send(request, aCall());
}

test.each([
  [409, 800060, 'verify', false],
  [409, 800064, 'wait', false],
  [400, 800065, 'verify', false],
  [500, 800005, 'verify', false],
  [500, 800003, 'verify', false],
  [500, 800031, 'hold', false],
  [400, 4018, 'verify', false],
  [400, 800009, 'reject', true],
  [400, 800010, 'hold', true],
  [404, 800008, 'refresh-catalogue', true],
  [403, 13605, 'hold', true],
  [403, 800069, 'hold', true],
  [400, 900142, 'refresh-catalogue', true],
  [400, 800030, 'hold', true],
  [404, 20000, 'wait', true],
  [401, 900420, 'hold', true],
  [403, 900329, 'hold', true],
  [400, 3000, 'reject', true],
  [404, 3000, 'reject', true],
  [501, 0, 'hold', true],
])('a write that ends with %d/%d means %s, outcome known: %s', async (status, code, remedy, outcomeKnown) => {
  const call = aCall();
  client.answer(respond(status, { code, description: 'in its own words', data: [], source: 'PartnerFD' }));
  await expect(client.pc.send(WRITE, call)).rejects.toMatchObject({
    name: 'PartnerCenterError',
    operation: 'check out cart',
    status,
    code: `${code}`,
    remedy,
    outcomeKnown,
    detail: 'in its own words',
    advice: expect.stringMatching(/\.$/),
    ...call,
  });
});

test.each([
  [400, 'reject', true],
  [403, 'hold', true],
  [404, 'reject', true],
  [405, 'reject', true],
  [408, 'verify', false],
  [409, 'wait', false],
  [412, 'verify', true],
  [417, 'reject', true],
  [418, 'reject', true],
  [500, 'verify', false],
  [501, 'hold', true],
  [502, 'verify', false],
  [504, 'verify', false],
])('a write that ends with %d and no known code means %s, outcome known: %s', async (status, remedy, outcomeKnown) => {
  await expect(failing(WRITE, status, undefined)).rejects.toMatchObject({
    status,
    code: undefined,
    remedy,
    outcomeKnown,
  });
  const isTelling = status >= 500 || status < 400 || [401, 408, 409, 412, 429].includes(status);
  await expect(failing(WRITE, status, { code: 987_654 })).rejects.toMatchObject({
    code: '987654',
    // A code that is new to us needs an operator, unless the status says enough.
    remedy: isTelling ? remedy : 'hold',
    outcomeKnown,
  });
});

test('a code is the same as a number and as a string, in any letter case', async () => {
  await expect(failing(READ, 404, { Code: '800008', Description: 'gone' })).rejects.toMatchObject({
    code: '800008',
    detail: 'gone',
  });
});

test('what a newer service says itself about repeating is believed', async () => {
  await expect(failing(WRITE, 400, { code: 987_654, message: 'later', isRetryable: true })).rejects.toMatchObject({
    remedy: 'repeat',
    detail: 'later',
  });
  await expect(failing(READ, 500, { code: 987_654, message: 'never', isRetryable: false })).rejects.toMatchObject({
    remedy: 'hold',
  });
});

test("a gateway's body and a page of HTML are read for their text", async () => {
  await expect(failing(READ, 404, { statusCode: 404, message: 'Resource not found' })).rejects.toMatchObject({
    detail: 'Resource not found',
  });
  const page = `<html><head><style>a{}</style></head><body><h1>Not   here</h1>${'x'.repeat(10_000)}</body></html>`;
  await expect(failing(READ, 404, page)).rejects.toMatchObject({ detail: expect.stringMatching(/Not here/) });
  await failing(READ, 404, page).catch((error: { detail: string }) =>
    expect(error.detail.length).toBeLessThanOrEqual(500),
  );
});

test.each([
  ['10001', 'CatalogItemIdIsNotValid', 'refresh-catalogue'],
  ['catalog_item_id_is_not_valid', 'CatalogItemIdIsNotValid', 'refresh-catalogue'],
  ['InventoryNotAvailable', 'InventoryNotAvailable', 'hold'],
  ['10012', 'AttestationNotAccepted', 'reject'],
  ['500600', 'LegacyOfferNotEligibleForPurchase', 'reject'],
  ['424242', 'Unknown', 'hold'],
])('the cart line error %s is %s, which means %s', (code, name, remedy) => {
  expect(lookUpCartLineError(code)).toMatchObject({ name, remedy, advice: expect.stringMatching(/\.$/) });
});
