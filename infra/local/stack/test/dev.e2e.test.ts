import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '#eventually';
import { projectFolder } from '#project';
import { FREE_PORTS, runScript, type RunningScript } from '#test/support/run-script';

/** `npm run dev` on a small app of its own: its code is changed while it runs. */

const app = mkdtempSync(join(tmpdir(), 'cartage-dev-'));
const LIMIT_MS = 20_000;
const TEST_LIMIT_MS = 60_000;
let dev: RunningScript;
let url = '';

/** The code of an app whose `ping` answers with a text and the process id of the host. */
function writeApp(text: string): void {
  writeFileSync(
    join(app, 'src', 'app.ts'),
    `import { app } from '@azure/functions';
app.http('ping', { authLevel: 'anonymous', handler: () => ({ body: ${text} }) });
`,
  );
}

const ping = async (): Promise<string> => {
  const answer = await fetch(`${url}/ping`).catch(() => undefined);
  return answer === undefined ? 'down' : answer.text();
};

beforeAll(async () => {
  mkdirSync(join(app, 'src'));
  mkdirSync(join(app, 'dist'));
  symlinkSync(join(projectFolder, 'node_modules'), join(app, 'node_modules'));
  writeFileSync(join(app, 'package.json'), JSON.stringify({ main: 'dist/app.js' }));
  writeFileSync(join(app, 'host.json'), JSON.stringify({ version: '2.0' }));
  writeFileSync(
    join(app, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        module: 'node20',
        target: 'es2022',
        types: ['node'],
        skipLibCheck: true,
        outDir: 'dist',
        rootDir: 'src',
      },
      include: ['src'],
    }),
  );
  writeFileSync(
    join(app, 'dist', 'app.js'),
    "require('@azure/functions').app.http('ping', { authLevel: 'anonymous', handler: () => ({ body: 'compiled before' }) });\n",
  );
  writeApp("'one'");
  dev = runScript('dev', ['--app', app, '--data', join(app, '.data'), ...FREE_PORTS]);
  url = await eventually('the address', () => /(http:\/\/127\.0\.0\.1:\d+\/api)$/m.exec(dev.stdout())?.[1], LIMIT_MS);
}, TEST_LIMIT_MS);

afterAll(async () => {
  dev.child.kill('SIGTERM');
  await dev.exit;
  rmSync(app, { recursive: true, force: true });
});

test(
  'new code is compiled and run by a host started anew, a mistake is shown, and Ctrl-C stops it all',
  async () => {
    await eventually('the code is compiled and runs', async () => (await ping()) === 'one', LIMIT_MS);
    const restarted = /^\d\d:\d\d:\d\d {2}stack {4}host restarted with app\.js \(\d+\.\d s\)$/m;
    await eventually('the restart is reported', () => restarted.test(dev.stderr()), LIMIT_MS);

    writeApp('1 + ;');
    await eventually(
      'the mistake is shown',
      () => dev.stderr().includes('the host keeps running the code before'),
      LIMIT_MS,
    );
    expect(dev.stderr()).toMatch(/tsc {6}src\/app\.ts\(2,\d+\): error TS1109: Expression expected\./);
    expect(await ping()).toBe('one');

    writeApp("'two'");
    await eventually('the corrected code runs', async () => (await ping()) === 'two', LIMIT_MS);
    expect(dev.stderr()).not.toMatch(/(storage|broker|sandbox) (died|restarted)/);

    dev.child.kill('SIGINT');
    expect(await dev.exit).toEqual([0, null]);
  },
  TEST_LIMIT_MS,
);
