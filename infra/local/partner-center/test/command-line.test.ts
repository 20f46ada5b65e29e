import { expect, test } from '@jest/globals';
import { readCommandLine, usage } from '#command-line';
import { settingsSchema } from '#model/settings';

test('the command line has a default for everything', () => {
  expect(readCommandLine([])).toEqual({
    port: 7072,
    httpsPort: undefined,
    dataDir: '.data/partner-center',
    certificateUrl: undefined,
    recover: false,
    settings: settingsSchema.parse({}),
  });
});

test('options are numbers, words, and on or off; of a repeated one the last counts', () => {
  const args = [
    '--order-delay-seconds',
    '0.5',
    '--request-memory=off',
    '--port',
    '1',
    '--port',
    '0',
    '--cloud',
    'china',
  ];
  expect(readCommandLine(args)).toMatchObject({
    port: 0,
    settings: { orderDelaySeconds: 0.5, requestMemory: false, cloud: 'china' },
  });
});

test.each([
  [['--no-such-thing', '1'], /^Unknown option: --no-such-thing$/],
  [['-p', '1'], /^Unknown option: -p$/],
  [['stray'], /^Unexpected argument: stray$/],
  [['--port', '0', '--', 'stray'], /^Unexpected argument: stray$/],
  [['--port'], /^--port needs a value\.$/],
  [['--recover=yes'], /^--recover takes no value\.$/],
  [['--data', '--port', '0'], /^--data needs a value\.$/],
  [['--list-lag-seconds', 'long'], /^--list-lag-seconds: .*expected number/],
  [['--https-port', '99999'], /^--https-port: Too big/],
  [['--cloud', 'moon'], /^--cloud: .*"global"\|"china"/],
  [['--certificate-url', 'nowhere'], /^--certificate-url: Invalid URL/],
])('%j is refused in plain words', (args, message) => {
  expect(() => readCommandLine(args)).toThrow(message);
});

test('the usage lists every option with its default', () => {
  const lines = usage().split('\n');
  const expected = [
    ['--port <port>', '(default: 7072)'],
    ['--https-port <port>', '(default: none)'],
    ['--data <folder>', '(default: .data/partner-center)'],
    ['--certificate-url <url>', '(default: the sandbox itself)'],
    ['--request-memory <on|off>', '(default: on)'],
    ['--checkout-replay <return-result|error-800065>', '(default: return-result)'],
    ['--order-delay-seconds <number>', '(default: 2)'],
    ['--help', 'this text'],
  ];
  for (const [option = '', usual = ''] of expected) {
    expect(lines.filter((line) => line.trim().startsWith(option) && line.endsWith(usual))).toHaveLength(1);
  }
  const options = lines.filter((line) => line.startsWith('  --'));
  expect(options).toHaveLength(Object.keys(settingsSchema.shape).length + 6);
  expect(options.filter((line) => !/\(default: [^)]+\)$/.test(line))).toEqual([expect.stringContaining('--help')]);
});
