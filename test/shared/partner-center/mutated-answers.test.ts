import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { getInvoice } from '#shared/partner-center/resources/invoices';
import { answering } from './answering';
import { aCall } from './client-under-test';
import { DOCUMENTED_ANSWERS, fixture, type DocumentedAnswer } from './documented-answers';
import { Digits, membersOf, parseJson, writeJson, writeWith, type Change, type Json } from './json-text';

/** What the client reads in this body, all but the HTTP; other tests read the same answers over that. */
const readAs = (read: DocumentedAnswer['read'], json: string): Promise<unknown> => read(answering(json));

const documented = fc.constantFrom(...DOCUMENTED_ANSWERS);
/** An endless row of choices, the same for the same seed. */
const choices = fc.infiniteStream(fc.nat(9));
const next = (stream: Iterator<number>): number => stream.next().value ?? 0;

/** Members whose names are data and not part of a schema. */
const FREE = new Set(['dynamicAttributes', 'properties', 'provisioningContext']);

/** Members whose values are words of an enumeration. */
const WORDS = new Set(
  [
    'status supportedBillingCycles purchasePrerequisites segment billingCycle transactionType relationshipToPartner',
    'qualification vettingStatus entitlementType artifactType scopeType provisioningState invoiceType documentType',
    'billingProvider invoiceLineItemType chargeType creditType period billingType resourceType operationType',
    'operationStatus',
  ].flatMap((names) => names.split(' ')),
);

/** Every spelling that keeps the words apart: add_quantity, ADD_QUANTITY, addQuantity, AddQuantity, "add quantity". */
function respell(text: string, choice: number): string {
  const words = text
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[ _]+/);
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
  const pascal = words.map(capital).join('');
  const spellings = [words.join('_'), words.join('_').toUpperCase(), pascal, words.join(' ')];
  return spellings[choice] ?? pascal.charAt(0).toLowerCase() + pascal.slice(1);
}

/** Respells every word, and puts numbers and flags in quotes; the names of the members stay. */
function retype(name: string, value: Json, stream: Iterator<number>): Json {
  if (Array.isArray(value)) return value.map((each) => retype(name, each, stream));
  if (typeof value === 'string' && WORDS.has(name)) return respell(value, next(stream) % 5);
  if (value instanceof Digits && next(stream) < 5) return value.text;
  if (typeof value === 'boolean' && next(stream) < 5) return next(stream) < 5 ? `${value}` : respell(`${value}`, 2);
  return value;
}

test('other letter case of names and words, extra members, and numbers and flags in quotes change nothing', async () => {
  for (const { fixture: name, read } of DOCUMENTED_ANSWERS) {
    const original = parseJson(fixture(name));
    const expected = await readAs(read, fixture(name));
    const mutated = fc.asyncProperty(choices, async (stream) => {
      const change: Change = (key, value) => {
        const spelled = [key, key.toUpperCase(), key.charAt(0).toUpperCase() + key.slice(1)][next(stream) % 3] ?? key;
        const inside = FREE.has(key)
          ? writeJson(value, (free, each) => [[free, writeJson(each, change)]])
          : writeJson(retype(key, value, stream), change);
        return next(stream) < 2
          ? [
              [spelled, inside],
              [`x${key}`, '{"new":[1]}'],
            ]
          : [[spelled, inside]];
      };
      expect(await readAs(read, writeJson(original, change))).toEqual(expected);
    });
    await fc.assert(mutated, { numRuns: 10 });
  }
});

/** What an answer of each kind can not do without; every other member may be missing or null. */
const NEEDED = {
  products: 'items',
  product: 'id',
  skus: 'items',
  sku: 'id productId',
  availabilities: 'items',
  availability: 'catalogItemId code id productId skuId',
  inventory: 'isRestricted productId skuId',
  cart: 'catalogItemId id key lineItems quantity value',
  'cart-updated': 'catalogItemId id lineItems quantity',
  checkout: 'id lineItemNumber quantity',
  orders: 'items',
  order: 'id lineItemNumber quantity uri',
  provisioning: 'items lineItemNumber quantity',
  'activation-links': 'items',
  entitlements: 'items',
  'reservation-details': '',
  subscription: 'id',
  subscriptions: 'items',
  'registration-status': '',
  'invoice-summary': 'balanceAmount currencyCode summary',
  'invoice-summaries': 'items',
  invoices: 'items',
  invoice: 'currencyCode id totalCharges',
  'estimate-links': 'items',
  'line-items-license': 'items',
  'line-items-usage': 'items',
  'line-items-daily-usage': 'items',
  'line-items-one-time': 'items',
  'line-items-daily-rated-usage': 'items',
  customers: 'items',
  customer: 'id',
  qualifications: 'qualification',
  'qualification-set': 'qualification',
  'old-qualification': '',
  'account-validation': '',
  'audit-records': 'items',
  'webhook-events': '',
  webhook: '',
  'test-event-sent': 'correlationId',
  'test-event': '',
};

test.each(Object.entries(NEEDED))(
  '%s: any one member may be missing, or null, which is the same, but for "%s"',
  async (name, expected) => {
    const read = DOCUMENTED_ANSWERS.find((each) => each.fixture === name)?.read;
    if (read === undefined) throw new Error(`nothing reads ${name}`);
    const document = parseJson(fixture(name));
    const needed = new Set<string>();
    for (const [member, key] of membersOf(document).entries()) {
      const [missing] = await Promise.allSettled([readAs(read, writeWith(document, member))]);
      const [asNull] = await Promise.allSettled([readAs(read, writeWith(document, member, 'null'))]);
      expect(withoutRaw(asNull)).toEqual(withoutRaw(missing));
      if (missing.status === 'fulfilled') continue;
      expect(missing.reason).toHaveProperty('name', 'ContractError');
      needed.add(key);
    }
    expect([...needed].toSorted().join(' ')).toBe(expected);
  },
);

/** Request ids are new each time, and what is set aside is kept as it came. */
function withoutRaw(result: unknown): unknown {
  return JSON.parse(
    JSON.stringify(result, (key, value: unknown) =>
      ['raw', 'requestId', 'correlationId'].includes(key) ? undefined : value,
    ),
  );
}

test('every documented answer is among them', () => {
  expect(Object.keys(NEEDED)).toEqual([...new Set(DOCUMENTED_ANSWERS.map(({ fixture: name }) => name))]);
});

test('whatever is missing or of another type, the answer is understood or rejected as one that breaks the contract', async () => {
  const nonsense = ['null', '"text"', '[]', '{}', '[null]', 'true', '12.5', '""', '-1'];
  await fc.assert(
    fc.asyncProperty(documented, choices, async ({ fixture: name, read }, stream) => {
      const change: Change = (key, value) => {
        const chance = next(stream);
        if (chance === 0) return [];
        return [[key, chance === 1 ? (nonsense[next(stream)] ?? '{}') : writeJson(value, change)]];
      };
      try {
        await readAs(read, writeJson(parseJson(fixture(name)), change));
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

/** Members that are money, or what money is made of; in line items the quantity too, which has a fraction there. */
const MONEY = new Set(
  [
    'listPrice discountedPrice proratedPrice price extendedPrice totalPrice totalCharges paidAmount balanceAmount',
    'lastPaymentAmount unitPrice amount totalOtherDiscount subtotal tax totalForCustomer consumedQuantity',
    'includedQuantity overageQuantity consumptionPrice consumptionDiscount pretaxCharges taxAmount postTaxTotal',
    'pretaxEffectiveRate postTaxEffectiveRate effectiveUnitPrice billableQuantity taxTotal pcToBCExchangeRate',
    'billingPreTaxTotal pricingPreTaxTotal rateOfPartnerEarnedCredit rateOfCredit',
  ].flatMap((names) => names.split(' ')),
);
const MONEY_OF_LINES = new Set([...MONEY, 'quantity']);

interface Sum {
  /** As it must come out: made here, not by what is tested. */
  readonly amount: string;
  /** The same in the ways JSON can say it: zeros at the end, an exponent, quotes. */
  readonly spellings: readonly string[];
}

/** Up to 60 digits, most of which no double can hold. */
const sums: fc.Arbitrary<Sum> = fc
  .tuple(fc.constantFrom('', '-'), fc.stringMatching(/^(?:0|[1-9]\d{0,29})$/), fc.stringMatching(/^\d{0,29}[1-9]$/))
  .map(([sign, whole, fraction]) => {
    const amount = `${sign}${whole}.${fraction}`;
    const moved = `${sign}${BigInt(whole + fraction)}e-${fraction.length}`;
    return { amount, spellings: [amount, `${amount}00`, `"${amount}"`, moved, `"${moved}"`] };
  });

/** Every text in a value, however deep. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

test('money never loses a digit, in whatever way JSON says it, in any member of any answer', async () => {
  const manySums = fc.infiniteStream(sums);
  for (const { fixture: name, read } of DOCUMENTED_ANSWERS) {
    const money = name.startsWith('line-items') ? MONEY_OF_LINES : MONEY;
    const original = parseJson(fixture(name));
    const respelled = fc.asyncProperty(manySums, choices, async (some, stream) => {
      const sent: string[] = [];
      const change: Change = (key, value) => {
        if (!money.has(key)) return [[key, writeJson(value, change)]];
        const { amount, spellings }: Sum = some.next().value ?? { amount: '0', spellings: ['0'] };
        sent.push(amount);
        return [[key, spellings[next(stream) % spellings.length] ?? amount]];
      };
      expect(textsIn(await readAs(read, writeJson(original, change)))).toEqual(expect.arrayContaining(sent));
    });
    await fc.assert(respelled, { numRuns: 10 });
  }
});

test('every word and every kind of money is in one of the documented answers', () => {
  const members = new Set(DOCUMENTED_ANSWERS.flatMap(({ fixture: name }) => membersOf(parseJson(fixture(name)))));
  expect([...WORDS, ...MONEY_OF_LINES].filter((name) => !members.has(name))).toEqual([]);
});
