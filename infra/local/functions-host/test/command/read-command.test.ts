import { expect, test } from '@jest/globals';
import { readCommand } from '#command/read-command';

test('without flags the app of this folder runs on the port of Azure Functions Core Tools', () => {
  expect(readCommand([])).toEqual({ kind: 'run', app: '.', port: 7071, keysFile: '.data/function-keys.json' });
});

test('flags take their value as the next argument or after an equals sign', () => {
  expect(readCommand(['--app', '../app', '--port=0', '--keys', 'k.json'])).toEqual({
    kind: 'run',
    app: '../app',
    port: 0,
    keysFile: 'k.json',
  });
});

test('--help lists every flag with its default', () => {
  const help = readCommand(['--port', '80', '--help']);
  expect(help).toEqual({ kind: 'help', text: expect.stringMatching(/^Usage: cartage-functions-host/) });
  const text = help.kind === 'help' ? help.text : '';
  expect(text).toMatch(/--app DIR .*\(default: \.\)/);
  expect(text).toMatch(/--port N .*\(default: 7071\)/);
  expect(text).toMatch(/--keys FILE .*\(default: \.data\/function-keys\.json\)/);
});

test.each([
  [['--prot', '80'], 'Unknown flag --prot'],
  [['--toString', '80'], 'Unknown flag --toString'],
  [['-p', '80'], 'Unknown flag -p'],
  [['start'], 'Unexpected argument "start"'],
  [['--', 'start'], 'Unexpected argument "start"'],
  [['--port', '7071', '7072'], 'Unexpected argument "7072"'],
  [['--port'], '--port needs a value'],
  [['--app='], '--app needs a value'],
  [['--app', '--port', '80'], '--app needs a value'],
  [['--help=yes'], '--help takes no value'],
  [['--port', 'http'], '--port http is not a port: give a number from 0 to 65535'],
  [['--port', '65536'], '--port 65536 is not a port: give a number from 0 to 65535'],
  [['--port=-1'], '--port -1 is not a port: give a number from 0 to 65535'],
  [['--port', '80.5'], '--port 80.5 is not a port: give a number from 0 to 65535'],
])('%j is invalid: %s', (args, reason) => {
  expect(readCommand(args)).toEqual({ kind: 'invalid', message: `${reason}; see cartage-functions-host --help` });
});
