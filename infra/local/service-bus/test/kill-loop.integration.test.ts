import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';

const PROOF = require.resolve('#test/proof');

const reportSchema = z.object({
  when: z.string(),
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

type Report = z.infer<typeof reportSchema>;

let reports: Report[];
// In a process of its own, because the SDK keeps timers for what a dead broker never answers.
beforeAll(async () => {
  const args = [PROOF, '--frames', '0', '--kills', '6', '--compactions', '6', '--padding', '0', '--seed', '1'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  reports = [...stdout.matchAll(/^kill loop: (.*)$/gm)].map(([, json = '']) => reportSchema.parse(JSON.parse(json)));
}, 240_000);

test.each(['any time', 'in a compaction'])(
  'killed (%s) under 32 senders and 32 receivers, the broker loses nothing, returns nothing and keeps nothing twice',
  (when) => {
    const report = reports.find((each) => each.when === when);
    expect(report).toMatchObject({ kills: 6, lost: 0, returned: 0, doubled: 0, surplus: 0 });
    expect(report?.acknowledged).toBeGreaterThan(600);
    expect(report?.unsettled).toBeGreaterThan(30);
    expect(report?.resent).toBeGreaterThan(64);
    expect((report?.compactions ?? 0) > 0).toBe(when === 'in a compaction');
  },
);
