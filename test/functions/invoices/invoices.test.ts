import { expect, test } from '@jest/globals';
import { storedEvent } from '#functions/invoices/invoice-event';
import { judgePdf, LARGEST_PDF } from '#functions/invoices/judge-pdf';
import { planHarvest, windowOf } from '#functions/invoices/plan-harvest';
import type { Invoice } from '#shared/partner-center/resources/invoices';

function anInvoice(rest: Partial<Invoice> = {}): Invoice {
  return {
    id: 'G000024135',
    invoiceDate: '2026-02-09T00:00:00.000Z',
    totalCharges: '1043.45',
    currencyCode: 'EUR',
    invoiceType: 'one_time',
    documentType: 'invoice',
    amendments: [],
    invoiceDetails: [],
    taxReceiptIds: [],
    oddParts: [],
    ...rest,
  };
}

test('an invoice and its amendments are documents of their own, filed by their month', () => {
  const amended = anInvoice({
    amendments: [anInvoice({ id: 'G000024136', documentType: 'void_note', invoiceDate: '2026-03-01T00:00:00.000Z' })],
  });
  expect(planHarvest(amended).map(({ path }) => path)).toEqual(['2026/02/G000024135.pdf', '2026/03/G000024136.pdf']);
});

test.each(['../x', 'a/b', 'a b', '', 'x'.repeat(65), '.pdf'])('invoice id "%s" never becomes a path', (id) => {
  expect(() => planHarvest(anInvoice({ id }))).toThrow('invoice id');
});

test('the window looks back far enough for late amendments, and a day ahead', () => {
  expect(windowOf(new Date('2026-03-31T23:00:00Z'), 90)).toEqual({ from: '2025-12-31', to: '2026-04-01' });
});

test.each<[string, Buffer, string | undefined]>([
  ['a small PDF', Buffer.from('%PDF-1.4\n...\n%%EOF\n'), undefined],
  ['nothing', Buffer.alloc(0), 'does not begin with %PDF-'],
  ['a page of HTML', Buffer.from('<html>%PDF-%%EOF'), 'does not begin with %PDF-'],
  ['half a PDF', Buffer.from('%PDF-1.4\n...'), 'does not end with %%EOF'],
  ['a giant', Buffer.alloc(LARGEST_PDF + 1), `larger than ${LARGEST_PDF} bytes`],
])('%s is judged by its bytes', (_what, bytes, objection) => {
  expect(judgePdf(bytes)).toBe(objection);
});

test('telling twice that an invoice is stored tells the same', () => {
  const [document] = planHarvest(anInvoice());
  if (!document) throw new Error('an invoice has a document');
  const stored = {
    path: document.path,
    size: 9,
    createdAt: new Date('2026-03-01T00:00:00Z'),
    metadata: { sha256: 'ab' },
  };
  expect(storedEvent(document, stored)).toEqual(storedEvent(document, stored));
  expect(storedEvent(document, stored)).toMatchObject({
    type: 'cartage.invoice.stored.v1',
    time: '2026-03-01T00:00:00.000Z',
  });
});
