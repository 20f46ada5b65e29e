import { expect, test } from '@jest/globals';
import { HELP, readOptions } from '#options';

test('without arguments the defaults hold, and there is no configuration', () => {
  expect(readOptions([])).toEqual({
    port: 5672,
    adminPort: 5300,
    data: '.data/service-bus',
    config: undefined,
    sync: false,
    compactAbove: 64 * 1024 * 1024,
    recover: false,
    idleTimeOut: 60_000,
    faults: false,
    help: false,
  });
});

test('megabytes and seconds are read as bytes and milliseconds', () => {
  const options = readOptions(['--compact-above', '2', '--idle-time-out', '3', '--port', '0', '--sync', '--faults']);
  expect(options).toMatchObject({ compactAbove: 2_097_152, idleTimeOut: 3_000, port: 0, sync: true, faults: true });
});

test.each([
  [['--port', 'many'], '--port: not a whole number'],
  [['--port'], '--port'],
  [['--admin-port', '70000'], '--admin-port: Too big'],
  [['--idle-time-out', '0'], '--idle-time-out: Too small'],
  [['--compact-above', '-1'], '--compact-above'],
  [['--prot', '0'], "Unknown option '--prot'"],
  [['start'], "Unexpected argument 'start'"],
])('a command line with %j is refused with the name of the option', (args, reason) => {
  expect(() => readOptions(args)).toThrow(reason);
});

test('the help names every option', () => {
  const options = [
    'port',
    'admin-port',
    'data',
    'config',
    'sync',
    'compact-above',
    'idle-time-out',
    'recover',
    'faults',
    'help',
  ];
  for (const option of options) expect(HELP).toContain(`  --${option} `);
});
