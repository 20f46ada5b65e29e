import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const MAIN = join(__dirname, '../../../../infra/local/service-bus/main.js');

test('--help prints every option and ends well, without starting a broker', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, '--help', '--port', '0']);
  for (const option of ['--port', '--admin-port', '--data', '--config', '--sync', '--faults'])
    expect(stdout).toContain(`  ${option} `);
  expect(stdout).not.toContain('ready');
});
