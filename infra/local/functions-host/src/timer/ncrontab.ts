/** The first moment after the given one at which a schedule fires; undefined if it never does. */
export type NextOccurrence = (after: Date) => Date | undefined;

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of the values, from `min` on. */
  readonly names?: readonly string[];
}

const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const WEEKDAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');

const FIELDS: readonly Field[] = [
  { name: 'second', min: 0, max: 59 },
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of the month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  { name: 'day of the week', min: 0, max: 6, names: WEEKDAYS },
];

/** The longest wait is for a February 29th on a given day of the week: 40 years, when a century without a leap day lies between. */
const HORIZON_DAYS = 41 * 366;

/**
 * Compiles an NCRONTAB expression of five fields, or six with the seconds first. Times are UTC, as on Azure without WEBSITE_TIME_ZONE;
 * day of the month and day of the week must both match. Throws for what NCrontab rejects, and for a range that runs backwards and a step
 * of zero, which NCrontab reads as something else
 * (https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions, https://github.com/atifaziz/NCrontab).
 */
export function compileNcrontab(expression: string): NextOccurrence {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== 5 && parts.length !== 6)
    throw new Error(`"${expression}" is not an NCRONTAB expression of five or six fields`);
  const withSeconds = parts.length === 6 ? parts : ['0', ...parts];
  const [seconds = [], minutes = [], hours = [], days = [], months = [], weekdays = []] = FIELDS.map((field, index) =>
    parseField(withSeconds[index] ?? '', field, expression),
  );

  const matchesDay = (date: Date): boolean =>
    months.includes(date.getUTCMonth() + 1) && days.includes(date.getUTCDate()) && weekdays.includes(date.getUTCDay());

  return (after) => {
    const from = new Date(Math.floor(after.getTime() / 1000) * 1000 + 1000);
    const midnight = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), from.getUTCDate()));
    for (let day = 0; day < HORIZON_DAYS; day += 1) {
      if (matchesDay(midnight)) {
        const time = firstTime(day === 0 ? secondsOfDay(from) : 0);
        if (time !== undefined) return new Date(midnight.getTime() + time * 1000);
      }
      midnight.setUTCDate(midnight.getUTCDate() + 1);
    }
    return undefined;
  };

  /** The first matching second of a day that is not before the given one. */
  function firstTime(from: number): number | undefined {
    for (const hour of hours) {
      if (hour * 3600 + 3599 < from) continue;
      for (const minute of minutes) {
        const start = hour * 3600 + minute * 60;
        if (start + 59 < from) continue;
        const second = seconds.find((each) => start + each >= from);
        if (second !== undefined) return start + second;
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
    const range = parseRange(part, field);
    if (range === undefined)
      throw new Error(`"${part}" is not a ${field.name} in the NCRONTAB expression "${expression}"`);
    for (let value = range.from; value <= range.to; value += range.step) values.add(value);
  }
  return [...values].toSorted((a, b) => a - b);
}

const RANGE = /^(?:(?<all>\*)|(?<from>[a-z\d]+)(?:-(?<to>[a-z\d]+))?)(?:\/(?<step>\d+))?$/i;

/** Reads `*`, `a` or `a-b`, each with an optional `/step`; a single value with a step runs to the end of the field. */
function parseRange(part: string, field: Field): { from: number; to: number; step: number } | undefined {
  const found = RANGE.exec(part)?.groups;
  if (found === undefined) return undefined;
  const step = Number(found['step'] ?? 1);
  const from = found['from'] === undefined ? field.min : parseValue(found['from'], field);
  const ending = found['to'] ?? (found['step'] === undefined ? found['from'] : undefined);
  const to = ending === undefined ? field.max : parseValue(ending, field);
  return step >= 1 && from >= field.min && to <= field.max && from <= to ? { from, to, step } : undefined;
}

/** A number, or a name: whole or shortened, in any case, the first that matches. NaN for anything else. */
function parseValue(text: string, { min, names = [] }: Field): number {
  if (/^\d+$/.test(text)) return Number(text);
  const index = names.findIndex((name) => name.startsWith(text.toLowerCase()));
  return index === -1 ? NaN : index + min;
}
