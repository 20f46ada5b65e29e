import { expect, test } from '@jest/globals';
import { chooseOffer, type CatalogueEntry } from '#functions/discovery/choose-offer';
import { judgeChoices } from '#functions/discovery/judge-choices';
import { placedLines } from '#shared/domain/purchase-request';
import type { WrittenOutcome } from '#shared/pipeline/outcome';
import { LONGEST_NOTE, transition } from '#shared/pipeline/transition';
import type { Availability } from '#shared/partner-center/resources/catalogue';
import { aProduct, aPurchase, aRequest, aSku, anAvailability, NOW } from '#test/support/builders';

/** What the history tells of many lines with many availabilities: all of it, as long as a row can hold it. */

const market = { country: 'DE', unavailable: new Set<string>(), perpetualSoftwareQualified: true };
const idOf = (line: number, at: number) => `CFQ7TT${`${line}`.padStart(3, '0')}${`${at}`.padStart(3, '0')}`;
/** No two availabilities of a line are rejected for the same reason. */
const reasonOf = (at: number) => `segment education, currency X${String.fromCharCode(65 + at / 26, 65 + (at % 26))}`;

function rejectedOnes(line: number, count: number): Availability[] {
  return Array.from({ length: count }, (_, at) =>
    anAvailability({
      id: idOf(line, at),
      segment: 'education',
      defaultCurrency: { code: reasonOf(at).slice(-3) },
    }),
  );
}

/** The history entry and the purchase after a discovery of so many lines, of which each has so many availabilities that do not fit. */
function discover(lines: number, availabilities: number, fitting: Availability[]) {
  const wish = { billingCycle: 'monthly', termDuration: 'P1Y', currencyCode: 'EUR' };
  const request = aRequest(Array.from({ length: Math.min(lines, 50) }, () => wish));
  const [placed] = placedLines(request);
  if (!placed) throw new Error('a request has at least one line');
  const choices = Array.from({ length: lines }, (_, line) => {
    const entry: CatalogueEntry = {
      kind: 'sold',
      product: aProduct(),
      sku: aSku(),
      availabilities: [...rejectedOnes(line, availabilities), ...fitting],
    };
    return chooseOffer(`${line + 1}`, placed.line, entry, market);
  });
  const purchase = aPurchase({ request });
  const outcome: WrittenOutcome = asWritten(judgeChoices(purchase, 'DE', choices));
  return transition(purchase, outcome, { now: NOW, milliseconds: 1, answersByOperation: {} });
}

function asWritten(outcome: ReturnType<typeof judgeChoices>): WrittenOutcome {
  if (outcome.kind === 'yield') throw new Error('discovery never postpones');
  return outcome;
}

/** What is told of one line. */
const tellingOf = (note: string, line: number) => note.split(/[Ll]ine \d+: /)[line + 1] ?? '';

test.each([
  ['were chosen', [anAvailability({ id: 'CFQ7TTCHOSEN' })]],
  ['were rejected', []],
])(
  'of 50 lines that %s, with 20 other availabilities each, the history tells why not each of them',
  (_what, fitting) => {
    const { history } = discover(50, 20, fitting);
    for (let line = 0; line < 50; line++) {
      for (let at = 0; at < 20; at++) {
        expect(tellingOf(history.note, line)).toContain(`${idOf(line, at)}: ${reasonOf(at)}`);
      }
    }
    expect(history.note).not.toContain('more');
  },
);

test('availabilities that are rejected for the same reason are told together', () => {
  const others = ['AV1', 'AV2', 'AV3'].map((id) => anAvailability({ id, segment: 'education' }));
  const { history } = discover(1, 0, [...others, anAvailability({ id: 'AV4' }), anAvailability({ id: 'AV5' })]);
  expect(history.note).toContain('not AV1, AV2, AV3: segment education; AV5: fits too, the first was taken');
});

test('what a row can not hold is counted', () => {
  const { history } = discover(200, 60, []);
  expect(history.note.length).toBeLessThanOrEqual(LONGEST_NOTE);
  const told = history.note.match(/Line \d+: /g)?.length ?? 0;
  expect(history.note).toMatch(new RegExp(`and ${200 - told} more$`));
  expect(told).toBeGreaterThan(15);
});

test('the reason that travels in events is short enough for them, and points to the history for the rest', () => {
  const { purchase, pending } = discover(200, 60, []);
  expect(purchase.reason?.message).toMatch(/ \.\.\. \(more in the history\)$/);
  expect(JSON.stringify(pending).length).toBeLessThan(10_000);
});
