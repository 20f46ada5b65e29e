import { expect, test } from '@jest/globals';
import { createLog } from '#log/log';

test('the longest prefix of a category decides what is logged, and an entry is one line', () => {
  const written: string[] = [];
  const log = createLog({ default: 'warning', Function: 'information', 'Function.loud': 'none' }, (text) =>
    written.push(text),
  );
  log.write('information', 'Host.Startup', 'hidden');
  log.write('information', 'Function.quiet', 'shown\nin one line');
  log.write('critical', 'Function.loud', 'hidden too');
  log.write('error', 'Worker', 'shown as well');
  log.flush();
  expect(written).toEqual([
    expect.stringMatching(/^\S+ info Function\.quiet: shown\\nin one line\n\S+ fail Worker: shown as well\n$/),
  ]);
});
