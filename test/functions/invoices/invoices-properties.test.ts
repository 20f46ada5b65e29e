import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgePdf } from '#functions/invoices/judge-pdf';
import { planHarvest, windowOf } from '#functions/invoices/plan-harvest';
import type { Invoice } from '#shared/partner-center/resources/invoices';

const invoiceId = fc.stringMatching(/^[A-Z][0-9]{1,9}$/);
const date = fc
  .date({ min: new Date('2015-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((day) => day.toISOString());
const plain = fc.record(
  {
    id: invoiceId,
    totalCharges: fc.constantFrom('0', '12.5'),
    currencyCode: fc.constantFrom('EUR', 'USD'),
    invoiceType: fc.constant('one_time'),
    documentType: fc.constantFrom('invoice', 'void_note', 'adjustment_note'),
    invoiceDate: date,
  },
  { requiredKeys: ['id', 'totalCharges', 'currencyCode', 'invoiceType', 'documentType'] },
);

/** An invoice with amendments, which may have amendments of their own. */
const amended = (amendment: fc.Arbitrary<Invoice>): fc.Arbitrary<Invoice> =>
  fc
    .tuple(plain, fc.array(amendment, { maxLength: 2 }))
    .map(([one, amendments]) => ({ ...one, amendments, invoiceDetails: [], taxReceiptIds: [], oddParts: [] }));
const unamended = plain.map((one): Invoice => ({
  ...one,
  amendments: [],
  invoiceDetails: [],
  taxReceiptIds: [],
  oddParts: [],
}));
const invoice = amended(amended(unamended));

const all = (one: Invoice): Invoice[] => [one, ...one.amendments.flatMap(all)];

test('an invoice and each of its amendments, however deep, has one document of its own', () => {
  fc.assert(
    fc.property(invoice, (one) => {
      const documents = planHarvest(one);
      expect(documents.map((document) => document.invoiceId)).toEqual(all(one).map(({ id }) => id));
      const pathOf = new Map(documents.map((document) => [document.invoiceId, document.path]));
      expect(new Set(pathOf.values()).size).toBe(pathOf.size);
    }),
  );
});

test('a document is filed under its own month, or that of the invoice it amends, and nowhere else', () => {
  fc.assert(
    fc.property(invoice, (one) => {
      planHarvest(one).forEach((document, at) => {
        const day = all(one)[at]?.invoiceDate ?? one.invoiceDate;
        expect(document.path).toMatch(/^(\d{4}\/\d{2}|undated)\/[A-Z][0-9]+\.pdf$/);
        if (day) expect(document.path.replaceAll('/', '-').startsWith(day.slice(0, 7))).toBe(true);
      });
    }),
  );
});

test('an id that is no plain word is never filed', () => {
  const odd = fc.string({ unit: fc.constantFrom('a', '1', '.', '/', '\\', ' ', '%', '\0') });
  fc.assert(
    fc.property(plain, odd, (one, id) => {
      fc.pre(/[^a1]/.test(id) || id === '');
      expect(() =>
        planHarvest({ ...one, id, amendments: [], invoiceDetails: [], taxReceiptIds: [], oddParts: [] }),
      ).toThrow('id');
    }),
  );
});

test('a window holds every day from so many days ago until tomorrow', () => {
  fc.assert(
    fc.property(date, fc.integer({ min: 1, max: 400 }), (now, days) => {
      const { from, to } = windowOf(new Date(now), days);
      const length = (Date.parse(to) - Date.parse(from)) / 86_400_000;
      expect(length).toBe(days + 1);
      expect(from < now && now.slice(0, 10) < to).toBe(true);
    }),
  );
});

test('a PDF that is cut off anywhere, or that something stands before, is never kept', () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  fc.assert(
    fc.property(
      bytes,
      fc.integer({ min: 1, max: 200 }),
      fc.uint8Array({ minLength: 1, maxLength: 5 }),
      (inside, lost, before) => {
        const whole = Buffer.concat([Buffer.from('%PDF-1.7\n'), inside, Buffer.from('\n%%EOF')]);
        expect(judgePdf(whole)).toBeUndefined();
        expect(judgePdf(Buffer.concat([whole, Buffer.from('\r\n')]))).toBeUndefined();
        fc.pre(!Buffer.from(inside).includes('%%EOF') && Buffer.from(before).toString() !== '%');
        expect(judgePdf(whole.subarray(0, -lost))).toBeDefined();
        expect(judgePdf(Buffer.concat([before, whole]))).toBeDefined();
      },
    ),
  );
});
