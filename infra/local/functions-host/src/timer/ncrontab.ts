/** The first moment after the given one at which a schedule fires; undefined if it never does. */
export type NextOccurrence = (after: Date) => Date | undefined;

interface Field {
  name: string;
  least: number;
  most: number;
  words: readonly string[];
}

const seconds: Field = { name: 'second', least: 0, most: 59, words: [] };
const fields: readonly Field[] = [
  { name: 'minute', least: 0, most: 59, words: [] },
  { name: 'hour', least: 0, most: 23, words: [] },
  { name: 'day', least: 1, most: 31, words: [] },
  {
    name: 'month',
    least: 1,
    most: 12,
    words: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  { name: 'day of the week', least: 0, most: 6, words: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];

/** February 29th on a given day of the week comes back after at most 40 years. */
const horizonInDays = 41 * 366;

/**
 * Compiles an NCRONTAB expression of five fields, or six with the seconds first. Times are UTC, as on Azure without WEBSITE_TIME_ZONE;
 * day of the month and day of the week must both fit (https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions).
 */
export function compileNcrontab(expression: string): NextOccurrence {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== 5 && parts.length !== 6)
    throw new Error(`"${expression}" is not an NCRONTAB expression of five or six fields`);
  const withSeconds = parts.length === 6 ? parts : ['0', ...parts];
  const [second = [], minute = [], hour = [], day = [], month = [], weekday = []] = [seconds, ...fields].map(
    (field, index) => parseField(withSeconds[index] ?? '', field, expression),
  );

  const fitsDay = (date: Date): boolean =>
    month.includes(date.getUTCMonth() + 1) && day.includes(date.getUTCDate()) && weekday.includes(date.getUTCDay());

  return (after) => {
    const from = new Date(Math.floor(after.getTime() / 1000) * 1000 + 1000);
    const midnight = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), from.getUTCDate()));
    for (let days = 0; days < horizonInDays; days += 1) {
      if (fitsDay(midnight)) {
        const time = firstTime(days === 0 ? secondsOfDay(from) : 0);
        if (time !== undefined) return new Date(midnight.getTime() + time * 1000);
      }
      midnight.setUTCDate(midnight.getUTCDate() + 1);
    }
    return undefined;
  };

  /** The first fitting second of a day that is not before the given one. */
  function firstTime(from: number): number | undefined {
    for (const h of hour) {
      if (h * 3600 + 3599 < from) continue;
      for (const m of minute) {
        const start = h * 3600 + m * 60;
        if (start + 59 < from) continue;
        const s = second.find((each) => start + each >= from);
        if (s !== undefined) return start + s;
      }
    }
    return undefined;
  }
}

const secondsOfDay = (date: Date): number =>
  date.getUTCHours() * 3600 + date.getUTCMinutes() * 60 + date.getUTCSeconds();

/** The values of one field in rising order. */
function parseField(text: string, field: Field, expression: string): number[] {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', stepText] = part.split('/');
    const step = stepText === undefined ? 1 : Number(stepText);
    const [from, to] = parseRange(range, stepText !== undefined, field);
    if (!Number.isInteger(step) || step < 1 || !(from >= field.least && to <= field.most && from <= to)) {
      throw new Error(`"${part}" is not a ${field.name} in the NCRONTAB expression "${expression}"`);
    }
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return [...values].toSorted((a, b) => a - b);
}

/** `*`, `a`, `a-b`; a single value with a step runs to the end of the field. */
function parseRange(text: string, hasStep: boolean, field: Field): [from: number, to: number] {
  if (text === '*') return [field.least, field.most];
  const [first = '', last] = text.split('-');
  const from = parseValue(first, field);
  if (last !== undefined) return [from, parseValue(last, field)];
  return [from, hasStep ? field.most : from];
}

function parseValue(text: string, { least, words }: Field): number {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  const index = text.length < 3 ? -1 : words.indexOf(text.toLowerCase().slice(0, 3));
  return index === -1 ? NaN : index + least;
}
