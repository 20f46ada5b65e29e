import { expect, test } from '@jest/globals';
import { RestError } from '@azure/data-tables';
import { CredentialUnavailableError } from '@azure/identity';
import { ServiceBusError } from '@azure/service-bus';
import { classifyOutage } from '#shared/domain/classify-outage';
import { ContractError } from '#shared/partner-center/errors/contract-error';

/** Failures as Node and the SDKs throw them. */

const coded = (code: string) => Object.assign(new Error('a failure'), { code });
const answered = (statusCode: number) => new RestError('a failure', { statusCode, code: 'ItSaysSo' });

test.each([
  ['no connection', coded('ECONNREFUSED')],
  ['a broken connection', coded('ECONNRESET')],
  ['an unknown name', coded('ENOTFOUND')],
  ['no answer of the name server', coded('EAI_AGAIN')],
  ['no answer in time', coded('ETIMEDOUT')],
  ['a request without an answer', new RestError('a failure', { code: 'REQUEST_SEND_ERROR' })],
  ['a request without an answer or a code', new RestError('a failure')],
  ['the answer 408', answered(408)],
  ['the answer 429', answered(429)],
  ['the answer 500', answered(500)],
  ['the answer 503', answered(503)],
  ['a key that was changed', answered(403)],
  ['a bus that is away', new ServiceBusError('a failure', 'ServiceCommunicationProblem')],
  ['a bus that is busy', new ServiceBusError('a failure', 'ServiceBusy')],
  ['a topic that is full', new ServiceBusError('a failure', 'QuotaExceeded')],
  ['an identity without a token', new CredentialUnavailableError('a failure')],
  ['a failure that one of these caused', new Error('a failure', { cause: coded('ECONNRESET') })],
  ['several failures of which one is such', new AggregateError([new Error('x'), coded('ECONNREFUSED')])],
])('%s is an outage', (_what, error) => {
  expect(classifyOutage(error)).toMatchObject({ code: expect.stringMatching(/./) });
});

test.each([
  ['a mistake of ours', new TypeError('x is not a function')],
  ['a system error that is not of the network', coded('ENOENT')],
  ['the answer 400', answered(400)],
  ['the answer 404', answered(404)],
  ['the answer 413', answered(413)],
  ['the answer 501', answered(501)],
  ['a message that is too large', Object.assign(new ServiceBusError('x', 'MessageSizeExceeded'), { retryable: false })],
  ['an answer out of shape', new ContractError('read', ['x'], true, 'r', 'c')],
  ['a text', 'ECONNREFUSED'],
  ['nothing', undefined],
])('%s is none', (_what, error) => {
  expect(classifyOutage(error)).toBeUndefined();
});

test('the code of an outage says what was met, and no more', () => {
  expect(classifyOutage(coded('ECONNREFUSED'))).toEqual({ code: 'ECONNREFUSED' });
  expect(classifyOutage(answered(503))).toEqual({ code: 'ItSaysSo-503', statusCode: 503 });
});

test('a failure that is its own cause is looked at no further', () => {
  const error = new Error('round and round');
  error.cause = error;
  expect(classifyOutage(error)).toBeUndefined();
});
