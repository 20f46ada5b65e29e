import { expect, test } from '@jest/globals';
import { HttpRequest, type HttpResponseInit } from '@azure/functions';
import { answerOutages } from '#functions/intake/answer-outages';

const request = new HttpRequest({ method: 'GET', url: 'http://127.0.0.1/api/purchases/1' });
const never = () => new Promise<never>(() => undefined);
const deps = { log: () => undefined, pause: never };

const unavailable = {
  status: 503,
  headers: {
    'content-type': 'application/problem+json',
    'retry-after': expect.stringMatching(/^\d+$/),
    'cache-control': 'no-store',
  },
  body: expect.stringContaining('urn:cartage:problem:unavailable'),
};

test('an outage is answered 503 with a problem that says what to do, and when', async () => {
  const away = Object.assign(new Error('storage is away'), { name: 'RestError', statusCode: 503 });
  const answer = await answerOutages(() => Promise.reject(away), deps)(request);
  expect(answer).toMatchObject(unavailable);
  expect(answer.body).not.toContain('storage is away');
});

test('a handler that takes too long is answered for, and its late failure hurts nobody', async () => {
  const ended: string[] = [];
  let fail: (error: Error) => void = () => undefined;
  const slow = new Promise<HttpResponseInit>((_resolve, reject) => {
    fail = reject;
  });
  const log = (_level: string, message: string) => void ended.push(message);
  const answer = await answerOutages(() => slow, { log, pause: async () => undefined })(request);
  expect(answer).toMatchObject(unavailable);
  fail(new Error('too late'));
  await slow.catch(() => undefined);
  await Promise.resolve();
  expect(ended).toContain('outage');
});

test('every other answer passes, and a bug stays a bug', async () => {
  expect(await answerOutages(async () => ({ status: 202 }), deps)(request)).toEqual({ status: 202 });
  await expect(answerOutages(() => Promise.reject(new TypeError('a bug')), deps)(request)).rejects.toThrow('a bug');
});
