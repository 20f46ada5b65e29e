import { createServer } from 'node:http';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { ask } from '#ask';
import { readPurchase } from '#client';
import { FREE_PORTS, runScript } from '#test/support/run-script';
import { projectFolder } from '#project';
import { exampleFile } from '#examples';

/** The commands without a stack: how they are explained, and what they answer to what they can't do. */

const COMMANDS: [string, string][] = [
  ['start', 'npm start'],
  ['dev', 'npm run dev'],
  ['buy', 'npm run buy'],
  ['demo', 'npm run demo'],
  ['picture', 'npm run picture'],
];

test.each(COMMANDS)('%s explains itself', async (script, name) => {
  const { exit, stdout, stderr } = runScript(script, ['--help']);
  expect(await exit).toEqual([0, null]);
  expect(stdout().startsWith(`Usage: ${name}`)).toBe(true);
  expect(stdout()).not.toContain(projectFolder);
  expect(stderr()).toBe('');
});

test.each(COMMANDS)('%s refuses a flag that it does not know', async (script, name) => {
  const { exit, stdout, stderr } = runScript(script, ['--frehs']);
  expect(await exit).toEqual([1, null]);
  expect(stdout()).toBe('');
  expect(stderr()).toMatch(new RegExp(`^Unknown flag: --frehs\nUsage: ${name}[^]*\nHelp:  ${name} -- --help\n$`));
});

test.each([
  ['start', ['--functions-port', '70000'], '--functions-port (or CARTAGE_FUNCTIONS_PORT) is not a port: 70000\n'],
  ['dev', [...FREE_PORTS, 'now'], 'Unexpected argument: now\n'],
  ['buy', ['--url', 'nowhere'], '--url is not a URL: nowhere\n'],
  ['buy', ['no-such-file.json'], "The purchase request can't be read: ENOENT: no such file or directory"],
])('%s %j is refused in plain words', async (script, args, begin) => {
  const { exit, stderr } = runScript(script, args);
  expect(await exit).toEqual([1, null]);
  expect(stderr().startsWith(begin)).toBe(true);
  expect(stderr()).not.toContain('    at ');
});

/** An address where nothing listens. */
async function nowhere(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

test('without a stack `buy` says how to start one, and where it looked', async () => {
  const url = await nowhere();
  const { exit, stderr } = runScript('buy', [exampleFile('purchase.json'), '--url', url]);
  expect(await exit).toEqual([1, null]);
  expect(stderr()).toBe(`The stack is not running: npm start (nothing answers at ${url})\n`);
});

test('the client says the same, and the reason for any other missing answer', async () => {
  const functionsUrl = await nowhere();
  await expect(readPurchase({ functionsUrl, readKey: 'key' }, 'id')).rejects.toThrow(
    'The stack is not running: npm start',
  );
  await expect(ask('http://127.0.0.1:1/')).rejects.toThrow('http://127.0.0.1:1 did not answer: bad port');
});
