import { expect, test } from '@jest/globals';
import { readiness } from '#functions/operators/readiness';

const never = () => new Promise<never>(() => undefined);
const ok = async () => undefined;

test('everything that can be reached is ready, each with its time', async () => {
  const answer = await readiness({ probes: { table: ok, bus: ok }, pause: never })();
  const looked = { status: 'ok', milliseconds: expect.any(Number) };
  expect(answer).toMatchObject({
    status: 200,
    jsonBody: { status: 'ready', dependencies: { table: looked, bus: looked } },
  });
});

test('what is away, or wrong, is named with a code and nothing that could be a secret', async () => {
  const away = Object.assign(new Error('AccountKey=abc'), { code: 'ECONNREFUSED' });
  const probes = { table: () => Promise.reject(away), bus: ok, blobs: () => Promise.reject(new RangeError('abc')) };
  const answer = await readiness({ probes, pause: never })();
  expect(answer).toMatchObject({
    status: 503,
    jsonBody: {
      status: 'unavailable',
      dependencies: {
        table: { status: 'unavailable', code: 'ECONNREFUSED' },
        bus: { status: 'ok' },
        blobs: { status: 'unavailable', code: 'RangeError' },
      },
    },
  });
  expect(JSON.stringify(answer)).not.toContain('abc');
});

test('what does not answer in time is away', async () => {
  const answer = await readiness({ probes: { bus: never }, pause: ok })();
  expect(answer).toMatchObject({ status: 503, jsonBody: { dependencies: { bus: { code: 'timeout' } } } });
});
