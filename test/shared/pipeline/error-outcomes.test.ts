import { expect, test } from '@jest/globals';
import { isKnownErrorCode, lookUpError } from '#shared/partner-center/errors/error-table';
import { refusedAnswer } from '#shared/partner-center/http/failure';
import type { ApiRequest } from '#shared/partner-center/http/request';
import type { Purchase } from '#shared/domain/purchase';
import { outcomeOfError } from '#shared/pipeline/error-policy';
import { isAnswer } from '#shared/pipeline/stage-run';
import { aCart, aPlacedOrder, aPurchase, NOW, anIntent } from '#test/support/builders';

/** When nothing can be too new to be found any more. */
const LATER = new Date(NOW.getTime() + 3_600_000);

/**
 * What becomes of a purchase when Partner Center answers with a status and a code (page "Partner Center REST error
 * codes"): at discovery, at cart, at checkout, at tracking. A name of a stage means that the purchase goes back there.
 */
const rows: [answers: string[], ...outcomes: string[]][] = [
  // Without a code of Partner Center's own, whoever answered: at checkout an operator has to look.
  [['400', '404', '405', '406', '417', '422'], 'reject', 'reject', 'hold', 'hold'],
  // Codes that are new to us are held with the raw facts.
  [['400 999999', '403 999999', '404 999999'], 'hold', 'hold', 'hold', 'hold'],
  [
    [
      '501 0',
      '401 400',
      '401 800001',
      '401 900420',
      '403 900329',
      '403 2032',
      '403 900150',
      '403 900308',
      '403 900309',
      '403 900149',
      '403 800039',
      '403 20002',
      '403 800073',
      '403 800074',
      '403 800075',
      '403 900416',
      '403 2030',
      '400 800010',
      '400 800017',
      '500 800031',
      '500 800083',
      '500 800084',
      '500 800087',
      '403 13605',
      '403 900123',
      '403 900124',
      '403 800069',
      '400 800022',
      '400 800024',
      '400 800026',
      '400 800062',
      '403 800023',
      '403 800025',
      '403 900121',
      '400 800018',
      '400 800013',
      '400 800030',
      '400 800086',
      '400 900116',
      '400 900128',
      '400 900129',
      '409 900112',
      '409 900113',
      '409 900114',
      '400 900419',
      '401',
      '403',
      '501',
      // A redirect is never followed.
      '302',
    ],
    'hold',
    'hold',
    'hold',
    'hold',
  ],
  [
    [
      '404 1000',
      '400 800002',
      '400 3000',
      '400 400056',
      '400 900126',
      '400 900127',
      '400 900141',
      '400 800042',
      '417 800036',
      '400 900118',
      '404 60003',
      '404 600074',
      '403 400030',
      '403 400036',
      '403 800043',
      '400 2100',
      '400 800009',
      '403 800066',
      '403 800067',
      '403 800068',
      '403 800088',
      '403 800089',
      '400 900203',
      '400 900206',
      '400 27006',
      '400 27007',
      '404 2072',
      '404 800015',
      '400 800016',
      '400 2071',
      '400 900154',
      '400 800011',
      '400 800012',
      '400 800021',
      '400 800029',
      '400 800061',
      '400 800063',
      '400 900117',
      '403 800019',
      '403 800077',
      '400 800071',
      '404 20003',
      '404 800037',
      '404 800076',
    ],
    'reject',
    'reject',
    'reject',
    'hold',
  ],
  [
    [
      '500 800003',
      '500 900192',
      '400 2055',
      '400 900143',
      '409 800064',
      '400 800065',
      '409 800060',
      '500 800005',
      '400 4018',
      '404 20000',
      '404 800007',
      '409 800014',
      '408',
      '409',
      '412',
      '429',
      '500',
      '502',
      '503',
      '504',
    ],
    'retry',
    'retry',
    'retry',
    'retry',
  ],
  [
    [
      '404 400013',
      '404 400018',
      '404 400019',
      '200 400072',
      '400 800070',
      '403 2006',
      '403 2085',
      '403 2091',
      '400 800004',
      '400 900142',
      '400 900144',
      '403 800020',
      '403 800028',
      '404 800008',
    ],
    'reject',
    'discovery',
    'discovery',
    'hold',
  ],
];

const intent = anIntent({ startedAt: NOW.toISOString(), leaseEndsAt: NOW.toISOString() });
const at = {
  discovery: aPurchase(),
  cart: aPurchase({ stage: 'cart', attempts: { discovery: 1, cart: 1 } }),
  checkout: aPurchase({
    stage: 'checkout',
    attempts: { discovery: 1, checkout: 1 },
    cart: aCart(),
    checkoutIntent: intent,
  }),
  tracking: aPurchase({ stage: 'tracking', attempts: { tracking: 1 }, orders: [aPlacedOrder()] }),
};

const read: ApiRequest = { operation: 'read', method: 'GET', path: '/v1/x', token: 'app' };
const write: ApiRequest = { ...read, operation: 'write', method: 'POST' };
const requestAt = { discovery: read, cart: write, checkout: write, tracking: read };
const stages = ['discovery', 'cart', 'checkout', 'tracking'] as const;

const cases = rows.flatMap(([answers, ...outcomes]) => answers.map((answer) => [answer, outcomes] as const));

test.each(cases)('answer %s becomes %j at discovery, cart, checkout and tracking', (answer, outcomes) => {
  expect(stages.map((stage) => outcomeAt(stage, answer))).toEqual(outcomes);
});

function outcomeAt(stage: (typeof stages)[number], answer: string): string | undefined {
  const [status, code] = answer.split(' ').map(Number);
  const body = code === undefined ? {} : { code, description: 'in words' };
  const error = refusedAnswer(requestAt[stage], { requestId: 'r', correlationId: 'c' }, status ?? 0, body, undefined);
  const answersByOperation: Purchase['answersByOperation'] = isAnswer(error) ? { 'checkout/cart-1': 1 } : {};
  const outcome = outcomeOfError(error, { ...at[stage], answersByOperation }, LATER);
  return outcome?.kind === 'advance' ? outcome.next : outcome?.kind;
}

test.each(cases)('answer %s comes with advice in plain words', (answer) => {
  const [status, code] = answer.split(' ').map(Number);
  const body = code === undefined ? {} : { code };
  const { advice } = refusedAnswer(write, { requestId: 'r', correlationId: 'c' }, status ?? 0, body, undefined);
  expect(advice).toMatch(/\w+ \w+.*[.]$/);
});

test('every code and every status of the error table has its row here', () => {
  const answers = cases.map(([answer]) => answer.split(' '));
  const codes = new Set(answers.flatMap(([, code]) => (code === undefined ? [] : [code])));
  const known = Array.from({ length: 1_000_000 }, (_, code) => `${code}`).filter(isKnownErrorCode);
  expect(known.length).toBeGreaterThan(100);
  expect(known.filter((code) => !codes.has(code))).toEqual([]);
  // Statuses share entries; each entry that only a status leads to is met by one of the rows.
  const entryOf = (status: number) => lookUpError(status, undefined);
  const met = new Set(answers.map(([status]) => entryOf(Number(status))));
  const statuses = Array.from({ length: 300 }, (_, at) => 300 + at);
  expect(statuses.filter((status) => !met.has(entryOf(status)))).toEqual([]);
});
