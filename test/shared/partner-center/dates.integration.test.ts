import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';

const DATES: readonly (readonly [written: string, meant: string | null])[] = [
  ['2021-06-07T13:36:41Z', '2021-06-07T13:36:41.000Z'],
  ['2021-06-07T13:36:41.6666667Z', '2021-06-07T13:36:41.666Z'],
  ['2021-06-07T13:36:41.6666667+02:00', '2021-06-07T11:36:41.666Z'],
  ['2021-06-07T13:36:41-0800', '2021-06-07T21:36:41.000Z'],
  ['2021-06-07T13:36:41', '2021-06-07T13:36:41.000Z'],
  ['2021-06-07T13:36:41.6666667', '2021-06-07T13:36:41.666Z'],
  ['2021-06-07', '2021-06-07T00:00:00.000Z'],
  ['2015-11-25T06: 41: 12Z', '2015-11-25T06:41:12.000Z'],
  ['2015-11-25T06: 41: 12', '2015-11-25T06:41:12.000Z'],
  ['9999-12-31T23:59:59', '9999-12-31T23:59:59.000Z'],
  ['0001-01-01T00:00:00', null],
  ['', null],
];

/** In a process of its own: Node reads its time zone when it starts. */
function readIn(zone: string): unknown {
  const script = `
    const { date } = require('#shared/partner-center/schema/wire');
    const dates = JSON.parse(process.argv[1]);
    console.log(JSON.stringify(dates.map((written) => date.parse(written) ?? null)));
  `;
  const dates = JSON.stringify(DATES.map(([written]) => written));
  const env = { ...process.env, TZ: zone };
  return JSON.parse(execFileSync(process.execPath, ['-e', script, dates], { env, encoding: 'utf8' }));
}

test.each(['UTC', 'America/New_York', 'Asia/Kolkata'])('a date means the same to a machine in %s', (zone) => {
  expect(readIn(zone)).toEqual(DATES.map(([, meant]) => meant));
});
