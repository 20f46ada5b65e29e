import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { z } from 'zod';

const PROOF = join(__dirname, 'proof.js');

const reportSchema = z.object({
  kills: z.number(),
  acknowledged: z.number(),
  unsettled: z.number(),
  resent: z.number(),
  lost: z.number(),
  returned: z.number(),
  doubled: z.number(),
  surplus: z.number(),
  compactions: z.number(),
});

// In a process of its own, because the SDK keeps timers for what a dead broker never answers.
test.each([
  ['at any time', { kills: 6, compactions: 0 }],
  ['in the middle of compactions', { kills: 0, compactions: 6 }],
])(
  'killed %s under 32 senders and 32 receivers, the broker loses nothing, returns nothing and keeps nothing twice',
  async (_, { kills, compactions }) => {
    const counts = ['--kills', String(kills), '--compactions', String(compactions)];
    const args = [PROOF, '--frames', '0', ...counts, '--padding', '0', '--seed', '1'];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const report = reportSchema.parse(JSON.parse(stdout.slice(stdout.indexOf('{'))));
    expect(report).toMatchObject({ kills: 6, lost: 0, returned: 0, doubled: 0, surplus: 0 });
    expect(report.acknowledged).toBeGreaterThan(600);
    expect(report.unsettled).toBeGreaterThan(30);
    expect(report.resent).toBeGreaterThan(64);
    expect(report.compactions > 0).toBe(compactions > 0);
  },
  60_000,
);
