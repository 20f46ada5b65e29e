import { execFileSync } from 'node:child_process';
import { beforeAll, expect, test } from '@jest/globals';

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
  // Only years of four digits can be read everywhere; "never" stays "never" whatever its offset.
  ['9999-12-31T23:59:59-08:00', '9999-12-31T23:59:59.999Z'],
  ['+010000-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z'],
  ['0001-01-01T00:00:00', null],
  ['0001-01-01T00:00:00+02:00', null],
  ['0000-01-01T00:00:00+02:00', null],
  ['', null],
];

/** In a process of its own: in those of jest, TZ can not be changed. */
const script = `
  const { date } = require('#shared/partner-center/schema/json-types');
  const [zones, dates] = JSON.parse(process.argv[1]);
  const readIn = (zone) => {
    process.env.TZ = zone;
    return { offset: new Date(0).getTimezoneOffset(), read: dates.map((written) => date.parse(written) ?? null) };
  };
  console.log(JSON.stringify(zones.map(readIn)));
`;

const ZONES = [
  ['UTC', 0],
  ['America/New_York', 300],
  ['Asia/Kolkata', -330],
] as const;

let answers: unknown[];
beforeAll(() => {
  const question = JSON.stringify([ZONES.map(([zone]) => zone), DATES.map(([written]) => written)]);
  answers = JSON.parse(execFileSync(process.execPath, ['-e', script, question], { encoding: 'utf8' }));
});

test.each(ZONES)('a date means the same to a machine in %s', (zone, offset) => {
  const read = DATES.map(([, meant]) => meant);
  expect(answers[ZONES.findIndex(([name]) => name === zone)]).toEqual({ offset, read });
});
