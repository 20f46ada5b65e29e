import { z } from 'zod';
import { parseAmount, type Amount } from '#shared/domain/amount';

/*
 * The types of which every schema is made. Partner Center sends the same value as a number here and in quotes there ("Get invoice line
 * items"), so record() turns numbers into text, and the schemas read text only. Long numbers are text already (parse-json.ts).
 */

export const text = z.string();

/** Money, quantities with fractions, rates: a canonical decimal string. */
export const amount = z.string().transform(readAmount);

/** Money that may be left out, also by an empty string, as line items do. */
export const optionalAmount = z
  .string()
  .transform((value, context) => (value === '' ? undefined : readAmount(value, context)))
  .optional();

function readAmount(value: string, context: z.RefinementCtx): Amount {
  const parsed = parseAmount(value);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: 'expected an amount' });
  return z.NEVER;
}

/** A whole number that JavaScript can hold exactly. */
export const integer = amount.transform((value, context) => {
  const parsed = Number(value);
  if (Number.isSafeInteger(parsed) && !value.includes('.')) return parsed;
  context.addIssue({ code: 'custom', message: 'expected a whole number' });
  return z.NEVER;
});

export const flag = z.union([z.boolean(), z.stringbool()]);

/**
 * A point in time as an ISO string in UTC. Partner Center sends Z, offsets, or no zone at all (which means UTC),
 * with up to seven digits of fraction; the year 1 means "not set". "Never" is the end of the year 9999, which an offset may push over:
 * later than that is written as that, since only years of four digits can be read everywhere.
 */
export const date = z.string().transform((value, context) => {
  if (value === '' || value.startsWith('0001-01-01')) return undefined;
  // Some documented examples have spaces in the time ("06: 41: 12Z").
  const compact = value.replaceAll(': ', ':');
  const zoned = /(?:[zZ]|[+-]\d\d:?\d\d)$/.test(compact);
  const time = Date.parse(zoned || compact.length <= DAY_LENGTH ? compact : `${compact}Z`);
  // A time before the year 0 is one of the year 1 with an offset.
  if (time < YEAR_0) return undefined;
  if (!Number.isNaN(time)) return new Date(Math.min(time, YEAR_9999)).toISOString();
  context.addIssue({ code: 'custom', message: 'expected a date' });
  return z.NEVER;
});

const YEAR_0 = Date.parse('0000-01-01T00:00:00.000Z');
const YEAR_9999 = Date.parse('9999-12-31T23:59:59.999Z');

/** yyyy-mm-dd, which is UTC by the standard. */
const DAY_LENGTH = 10;

/** One of the known values in any spelling ("OneTime", "onetime", "one_time"); any other value becomes 'unknown'. */
export function enumOf<const Known extends string>(...known: readonly Known[]) {
  const bySpelling = new Map(known.map((name) => [fold(name), name]));
  return z.string().transform((value): Known | 'unknown' => bySpelling.get(fold(value)) ?? 'unknown');
}

/** Like enumOf, but a value that is new to us is passed on in snake_case: it may have to be sent back. */
export function openEnum(...known: readonly string[]) {
  const bySpelling = new Map(known.map((name) => [fold(name), name]));
  return z.string().transform((value) => bySpelling.get(fold(value)) ?? snakeCase(value));
}

export const billingCycle = openEnum('one_time', 'monthly', 'annual', 'none', 'triennial', 'biennial');

/** An object with exactly these members: names in any case, null and absent alike, everything else ignored. */
export function record<Shape extends z.core.$ZodShape>(shape: Shape) {
  const names = new Map(
    Object.keys(shape).flatMap((name) => [
      [name, name],
      [name.toLowerCase(), name],
    ]),
  );
  return z.preprocess((value) => (isObject(value) ? pick(value, names) : value), z.object(shape));
}

/** A list; absent and null are the empty list. */
export function list<Item extends z.ZodType>(item: Item) {
  return z.array(item).default([]);
}

/** A member of a list that does not have its shape: the member as it came, and the places (never values) where it differs. */
export interface OddMember {
  readonly raw: unknown;
  readonly problems: readonly string[];
}

/** A list whose odd members are set aside instead of spoiling the whole; absent and null are the empty list. */
export function tolerantList<Item extends z.ZodType>(item: Item) {
  return list(z.unknown()).transform((members) => {
    const items: z.infer<Item>[] = [];
    const odd: OddMember[] = [];
    for (const raw of members) {
      const read = item.safeParse(raw);
      if (read.success) items.push(read.data);
      else odd.push({ raw, problems: problemsOf(read.error) });
    }
    return { items, odd };
  });
}

/** The first places where something does not have the documented shape, never its values. */
export function problemsOf({ issues }: z.ZodError): string[] {
  return issues.slice(0, 5).map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
}

/** A map of names to strings, without the empty ones. */
export const map = z
  .record(z.string(), z.unknown())
  .default({})
  .transform((entries) =>
    Object.fromEntries(Object.entries(entries).flatMap(([key, value]) => (isScalar(value) ? [[key, `${value}`]] : []))),
  );

export const link = record({
  uri: text,
  method: text.optional(),
  headers: list(record({ key: text, value: text })),
});
export type Link = z.infer<typeof link>;

function fold(value: string): string {
  return value.toLowerCase().replaceAll(/[_ ]/g, '');
}

function snakeCase(value: string): string {
  return value
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .replaceAll(' ', '_')
    .toLowerCase();
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function pick(value: Record<string, unknown>, names: ReadonlyMap<string, string>): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const name = names.get(key) ?? names.get(key.toLowerCase());
    const member = value[key];
    if (name !== undefined && member !== null) picked[name] = typeof member === 'number' ? `${member}` : member;
  }
  return picked;
}
