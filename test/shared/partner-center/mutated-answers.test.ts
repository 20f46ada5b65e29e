import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseAmount } from '#shared/domain/amount';
import { getInvoice } from '#shared/partner-center/invoices';
import { aCall, startClientUnderTest, type ClientUnderTest } from './client-under-test';
import { DOCUMENTED_ANSWERS, fixture } from './documented-answers';
import { respond } from './scripted-server';

let client: ClientUnderTest;
beforeAll(async () => {
  client = await startClientUnderTest({ limits: { partnerPerMinute: Infinity, customerPerMinute: Infinity } });
});
afterAll(() => client.close());

/** A JSON document with its numbers as text, so that they can be written in any way again. */
type Json = string | boolean | null | Digits | Json[] | { [name: string]: Json };
class Digits {
  constructor(readonly text: string) {}
}

function parse(text: string): Json {
  const marked = text.replaceAll(
    /("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?)/g,
    (_all, quoted, digits) => quoted ?? `{"\\u0000":"${digits}"}`,
  );
  return JSON.parse(marked, (_key, value) => (typeof value?.['\0'] === 'string' ? new Digits(value['\0']) : value));
}

function write(json: Json, change: (name: string, value: Json) => [name: string, value: string][]): string {
  if (json instanceof Digits) return json.text;
  if (Array.isArray(json)) return `[${json.map((each) => write(each, change)).join(',')}]`;
  if (typeof json !== 'object' || json === null) return JSON.stringify(json);
  const members = Object.entries(json).flatMap(([name, value]) => change(name, value));
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
}

async function readAs(read: (typeof DOCUMENTED_ANSWERS)[number]['read'], body: string): Promise<unknown> {
  client.answer(respond(200, body));
  return read(client.pc);
}

const documented = fc.constantFrom(...DOCUMENTED_ANSWERS);
/** An endless row of choices, the same for the same seed. */
const choices = fc.infiniteStream(fc.nat(9));
const next = (stream: Iterator<number>): number => stream.next().value ?? 0;

/** Members whose names are data and not part of a schema. */
const FREE = new Set(['dynamicAttributes', 'properties', 'provisioningContext']);

test('other letter case, extra members, nulls for nothing and numbers in quotes change nothing', async () => {
  await fc.assert(
    fc.asyncProperty(documented, choices, async ({ fixture: name, read }, stream) => {
      const original = fixture(name);
      const change = (key: string, value: Json): [string, string][] => {
        const spelled = [key, key.toUpperCase(), key.charAt(0).toUpperCase() + key.slice(1)][next(stream) % 3] ?? key;
        const inside = FREE.has(key)
          ? write(value, (free, each) => [[free, write(each, change)]])
          : write(value, change);
        const quoted = value instanceof Digits && next(stream) < 5 ? `"${inside}"` : inside;
        return next(stream) < 2
          ? [
              [spelled, quoted],
              [`x${key}`, '{"new":[1]}'],
            ]
          : [[spelled, quoted]];
      };
      expect(await readAs(read, write(parse(original), change))).toEqual(await readAs(read, original));
    }),
    { numRuns: 300 },
  );
});

test('whatever is missing or of another type, the answer is understood or refused as one that breaks the contract', async () => {
  const nonsense = ['null', '"text"', '[]', '{}', '[null]', 'true', '12.5', '""', '-1'];
  await fc.assert(
    fc.asyncProperty(documented, choices, async ({ fixture: name, read }, stream) => {
      const change = (key: string, value: Json): [string, string][] => {
        const chance = next(stream);
        if (chance === 0) return [];
        return [[key, chance === 1 ? (nonsense[next(stream)] ?? '{}') : write(value, change)]];
      };
      try {
        await readAs(read, write(parse(fixture(name)), change));
      } catch (error) {
        expect(error).toHaveProperty('name', 'ContractError');
      }
    }),
    { numRuns: 600 },
  );
});

test('a broken contract names places, never values', async () => {
  const failing = readAs(
    (pc) => getInvoice(pc, 'G1', aCall()),
    '{"id":"G1","currencyCode":"CHF","totalCharges":"a secret"}',
  );
  await expect(failing).rejects.toMatchObject({
    name: 'ContractError',
    problems: ['totalCharges: expected an amount'],
    outcomeKnown: true,
  });
  await expect(failing).rejects.not.toThrow('a secret');
});

test('money never loses a digit, as a number, in quotes or with an exponent', async () => {
  const digits = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n });
  await fc.assert(
    fc.asyncProperty(digits, fc.nat(20), fc.boolean(), async (value, scale, inQuotes) => {
      const number = `${value}e-${scale}`;
      const body = `{"id":"G1","currencyCode":"CHF","totalCharges":${inQuotes ? `"${number}"` : number}}`;
      const invoice = await readAs((pc) => getInvoice(pc, 'G1', aCall()), body);
      expect(invoice).toHaveProperty('totalCharges', parseAmount(number));
    }),
    { numRuns: 200 },
  );
});
