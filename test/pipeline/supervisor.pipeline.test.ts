import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { postPurchase, readPurchase } from '#local/doors';
import { developmentSources } from '#local/settings';
import { eventually } from '#test/support/local-stack';
import { threeLines } from '#test/support/requests';

const script = resolve(__dirname, '..', '..', 'infra', 'local', 'start.js');
const dataDir = mkdtempSync(join(tmpdir(), 'cartage-supervisor-'));
let running: ChildProcess | undefined;

afterEach(async () => {
  running?.kill('SIGTERM');
  if (running) await once(running, 'exit');
  rmSync(dataDir, { recursive: true, force: true });
});

/** `npm start` on free ports; answers where the functions are. */
async function start(): Promise<string> {
  const flags = ['functions', 'sandbox', 'broker', 'broker-admin', 'blob', 'table'].flatMap((part) => [
    `--${part}-port`,
    '0',
  ]);
  const child = spawn(process.execPath, [script, '--data', dataDir, ...flags], { stdio: ['ignore', 'pipe', 'ignore'] });
  running = child;
  let said = '';
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  return eventually('the address', () => /(http:\/\/127\.0\.0\.1:\d+)\/api/.exec(said)?.[1]);
}

test('what was accepted survives the SIGKILL of `npm start` itself', async () => {
  const { signingSecret, readKey } = developmentSources.crm;
  const functionsUrl = await start();
  const answer = await postPurchase(
    { functionsUrl, signingSecret, readKey },
    'supervisor-1',
    JSON.stringify(threeLines),
  );
  const { purchaseId } = z.object({ purchaseId: z.string() }).parse(await answer.json());
  await eventually('the end', async () => {
    const view = await readPurchase({ functionsUrl, readKey }, purchaseId);
    return view?.status === 'completed' ? true : undefined;
  });

  const killed = running;
  killed?.kill('SIGKILL');
  if (killed) await once(killed, 'exit');
  const again = { functionsUrl: await start(), readKey };
  expect(await readPurchase(again, purchaseId)).toMatchObject({ status: 'completed', orders: [{}, {}] });
}, 60_000);
