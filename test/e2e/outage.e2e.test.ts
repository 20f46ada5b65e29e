import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { postPurchase } from '@cartage/stack/client';
import { eventually } from '@cartage/stack/eventually';
import { startLocalStack, type LocalStack } from '#test/support/local-stack';
import { threeLines } from '#test/support/requests';

/** What callers and operators are told while a part of the system is away. `npm run proof:outage` shows that nothing gets lost. */

let local: LocalStack;
beforeAll(async () => {
  local = await startLocalStack({ env: { OUTAGE_PAUSES_SECONDS: '1' } });
}, 60_000);
afterAll(() => local.stop());

const keys = z.object({ masterKey: z.string() });

function ready(headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${local.stack.functionsUrl}/api/health/ready`, { headers });
}

async function readiness(): Promise<{ status: number; body: unknown }> {
  const { masterKey } = keys.parse(JSON.parse(readFileSync(local.stack.keysFile, 'utf8')));
  const answer = await ready({ 'x-functions-key': masterKey });
  return { status: answer.status, body: await answer.json() };
}

test('readiness is not for strangers', async () => {
  expect((await ready()).status).toBe(401);
});

test('a system that can reach everything is ready', async () => {
  const ok = { status: 'ok', milliseconds: expect.any(Number) };
  expect(await readiness()).toEqual({
    status: 200,
    body: { status: 'ready', dependencies: { table: ok, blobs: ok, bus: ok, token: ok } },
  });
});

test('while the bus is away, readiness names it, and a purchase is asked to come again and is accepted then', async () => {
  await local.stack.kill('broker');
  expect(await readiness()).toMatchObject({
    status: 503,
    body: { status: 'unavailable', dependencies: { table: { status: 'ok' }, bus: { status: 'unavailable' } } },
  });
  const refused = await postPurchase(local.crm, 'outage-of-the-bus', JSON.stringify(threeLines));
  expect(refused.status).toBe(503);
  expect(refused.headers.get('content-type')).toBe('application/problem+json');
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ type: 'urn:cartage:problem:unavailable', status: 503 });
  await local.stack.restart('broker');
  const accepted = await eventually('the purchase is accepted', () =>
    local.buy('outage-of-the-bus', threeLines).catch(() => undefined),
  );
  expect(await local.ending(accepted)).toMatchObject({ status: 'completed' });
}, 90_000);

test('while storage is away, purchases can be neither sent nor read, and both answers say so', async () => {
  await local.stack.kill('storage');
  const body = JSON.stringify(threeLines);
  const read = fetch(`${local.stack.functionsUrl}/api/purchases/5d0c1a3e-1f5b-5c39-9d26-6c1c0a9d7e11`, {
    headers: { authorization: `Bearer ${local.crm.readKey}` },
  });
  for (const answer of [await postPurchase(local.crm, 'outage-of-storage', body), await read]) {
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ type: 'urn:cartage:problem:unavailable' });
  }
  expect(await readiness()).toMatchObject({
    status: 503,
    body: {
      dependencies: { table: { status: 'unavailable' }, blobs: { status: 'unavailable' }, bus: { status: 'ok' } },
    },
  });
}, 60_000);
