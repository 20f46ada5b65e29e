import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { z } from 'zod';

const PROOF = join(__dirname, '../../../proof/broker.js');

const reportSchema = z.object({
  kills: z.number(),
  acknowledged: z.number(),
  unsettled: z.number(),
  lost: z.number(),
  returned: z.number(),
  doubled: z.number(),
});

// In a process of its own, because the SDK keeps timers for what a dead broker never answers.
test('killed again and again under load, the broker loses nothing, returns nothing and keeps nothing twice', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    PROOF,
    '--frames',
    '0',
    '--kills',
    '8',
    '--padding',
    '0',
    '--seed',
    '1',
  ]);
  const report = reportSchema.parse(JSON.parse(stdout.slice(stdout.indexOf('{'))));
  expect(report).toMatchObject({ kills: 8, lost: 0, returned: 0, doubled: 0 });
  expect(report.acknowledged).toBeGreaterThan(800);
  expect(report.unsettled).toBeGreaterThan(40);
}, 60_000);
