import { expect, test } from '@jest/globals';
import { Cron } from 'croner';
import fc from 'fast-check';
import { compileNcrontab } from '#timer/ncrontab';

const friday = new Date('2026-11-20T10:07:30.250Z');

test.each([
  ['*/15 * * * * *', '2026-11-20T10:07:45.000Z'],
  ['0 */5 * * * *', '2026-11-20T10:10:00.000Z'],
  ['*/5 * * * *', '2026-11-20T10:10:00.000Z'],
  ['0 0 9-17 * * MON-FRI', '2026-11-20T11:00:00.000Z'],
  ['0 0 9 * * 1', '2026-11-23T09:00:00.000Z'],
  ['0 30 9 * Jan Mon', '2027-01-04T09:30:00.000Z'],
  ['0 30 9 * january Monday', '2027-01-04T09:30:00.000Z'],
  ['0 0 0 1 Sept *', '2027-09-01T00:00:00.000Z'],
  ['0 0 0 1 j *', '2027-01-01T00:00:00.000Z'], // the first month that begins so
  ['0 0 0 1,15 * *', '2026-12-01T00:00:00.000Z'],
  ['0 0 0 13 * 5', '2027-08-13T00:00:00.000Z'], // both the day and the weekday must match
  ['0 0 0 29 2 *', '2028-02-29T00:00:00.000Z'],
  ['30/10 * * * * *', '2026-11-20T10:07:40.000Z'],
  ['0 10-40/15 * * * *', '2026-11-20T10:10:00.000Z'],
  ['0 0 0 * * Sun-Sun', '2026-11-22T00:00:00.000Z'],
  ['0 0-59/70 * * * *', '2026-11-20T11:00:00.000Z'], // a step beyond the range leaves its first value
  ['59 59 23 31 12 *', '2026-12-31T23:59:59.000Z'],
])('%s fires next at %s', (expression, expected) => {
  expect(compileNcrontab(expression)(friday)?.toISOString()).toBe(expected);
});

test.each([
  '',
  '* * * *',
  '* * * * * * *',
  '60 * * * * *',
  '* * 24 * * *',
  '* * * 0 * *',
  '* * * * 13 *',
  '* * * * * 7',
  '*/0 * * * *',
  '*/-1 * * * *',
  '*/1e1 * * * *',
  '*/2/3 * * * *',
  '5-1 * * * *',
  '1-5-7 * * * *',
  '-5 * * * *',
  '1, * * * *',
  ',1 * * * *',
  '*-5 * * * *',
  'a * * * *',
  'jan * * * *',
  '* * * * monkey',
  '* * * Januaryx *',
  '? * * * * *',
  '* * L * *',
  '* * 15W * *',
  '* * * * 5#2',
  '@daily',
])('"%s" is rejected', (expression) => {
  expect(() => compileNcrontab(expression)).toThrow(/NCRONTAB/);
});

/** A field as it is written here and for the judge, which takes names only in three letters. */
interface Written {
  readonly here: string;
  readonly judge: string;
}

const same = (text: string): Written => ({ here: text, judge: text });

const join = (parts: readonly Written[], separator: string): Written => ({
  here: parts.map(({ here }) => here).join(separator),
  judge: parts.map(({ judge }) => judge).join(separator),
});

function field(min: number, max: number, names: readonly string[] = []): fc.Arbitrary<Written> {
  const number = fc.integer({ min, max });
  /** A value as a number, or as its name with three letters or more. */
  const written = (value: number): fc.Arbitrary<Written> => {
    const name = names[value - min];
    if (name === undefined) return fc.constant(same(`${value}`));
    const named = fc
      .integer({ min: 3, max: name.length })
      .map((length) => ({ here: name.slice(0, length), judge: name.slice(0, 3) }));
    return fc.oneof(fc.constant(same(`${value}`)), named);
  };
  // Of two different values: the judge takes SUN-SUN for the whole week, NCrontab for a Sunday.
  const range = fc
    .uniqueArray(number, { minLength: 2, maxLength: 2 })
    .map((ends) => ends.toSorted((a, b) => a - b))
    .chain((ends) => fc.tuple(...ends.map(written)))
    .map((ends) => join(ends, '-'));
  const stepped = fc
    .tuple(
      fc.oneof(
        fc.constant(same('*')),
        number.map((value) => same(`${value}`)),
        range,
      ),
      fc.integer({ min: 1, max: max - min }),
    )
    .map(([{ here, judge }, step]): Written => ({ here: `${here}/${step}`, judge: `${judge}/${step}` }));
  const list = fc
    .array(fc.oneof(number.chain(written), range, stepped), { minLength: 1, maxLength: 3 })
    .map((parts) => join(parts, ','));
  return fc.oneof({ weight: 2, arbitrary: fc.constant(same('*')) }, { weight: 3, arbitrary: list });
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const seconds = field(0, 59);
const fields = [field(0, 59), field(0, 23), field(1, 31), field(1, 12, MONTHS), field(0, 6, WEEKDAYS)] as const;
const expressions = fc.oneof(fc.tuple(...fields), fc.tuple(seconds, ...fields)).map((parts) => join(parts, ' '));

/** Far from the year 3000, where the judge ends. */
const time = fc.date({ min: new Date('1970-01-01'), max: new Date('2400-01-01'), noInvalidDate: true });

test('an independent implementation, set to require both day fields, finds the same next occurrence', () => {
  fc.assert(
    fc.property(expressions, time, ({ here, judge }, after) => {
      const expected = new Cron(judge, { timezone: 'UTC', domAndDow: true, sloppyRanges: true, paused: true });
      expect(compileNcrontab(here)(after)?.toISOString()).toBe(expected.nextRun(after)?.toISOString());
    }),
    { numRuns: 500 },
  );
});

test('the next occurrence is after the given time, and there is none between the two', () => {
  fc.assert(
    fc.property(expressions, time, ({ here }, after) => {
      const next = compileNcrontab(here);
      const found = next(after);
      if (found === undefined) return;
      expect(found.getTime()).toBeGreaterThan(after.getTime());
      expect(next(new Date(found.getTime() - 1))).toEqual(found);
      expect(next(new Date((after.getTime() + found.getTime()) / 2 - 1))).toEqual(found);
    }),
  );
});
