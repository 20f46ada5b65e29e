import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const MAIN = join(__dirname, '../src/main.js');

function run(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, [MAIN, ...args]);
}

test('--help prints every option and ends well, without starting a broker', async () => {
  const { stdout } = await run('--help', '--port', '0');
  const options = [
    '--port',
    '--admin-port',
    '--data',
    '--config',
    '--sync',
    '--compact-above',
    '--idle-time-out',
    '--faults',
  ];
  for (const option of options) expect(stdout).toContain(`  ${option} `);
  expect(stdout).not.toContain('ready');
});

test.each([
  [['--port', 'many'], '--port: not a whole number'],
  [['--admin-port', '70000'], '--admin-port: Too big'],
  [['--idle-time-out', '0'], '--idle-time-out: Too small'],
  [['--compact-above', '-1'], '--compact-above'],
  [['--prot', '0'], '--prot'],
])('a command line with %j is refused with the name of the option', async (args, reason) => {
  const folder = join(tmpdir(), 'cartage-never-made');
  await expect(run('--port', '0', '--admin-port', '0', '--data', folder, ...args)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(reason),
    stdout: '',
  });
});
