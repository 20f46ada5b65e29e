import type { Invoice } from '#store/records';

const DAY = 86_400_000;

/** Three invoices of the 60 days before the first start, one of them amended. `seedDate` in milliseconds. */
export function seedInvoices(seedDate: number): Invoice[] {
  const plain = (id: string, daysAgo: number) => ({
    id,
    issuedAt: seedDate - daysAgo * DAY,
    periodStart: seedDate - (daysAgo + 31) * DAY,
    periodEnd: seedDate - (daysAgo + 1) * DAY,
    paidCents: 0,
    documentType: 'invoice' as const,
    taxReceiptIds: [],
    billedLines: [],
  });
  const amended = plain('G000024130', 40);
  return [
    {
      ...plain('D02005YFHI', 50),
      totalCents: 2_460_635,
      paidCents: 100_000,
      currencyCode: 'EUR',
      invoiceType: 'Recurring',
      amendments: [],
    },
    {
      ...amended,
      totalCents: 586_366,
      currencyCode: 'EUR',
      invoiceType: 'OneTime',
      documentType: 'void_note',
      amendments: [
        {
          ...plain('G000024131', 39),
          totalCents: 107_661,
          currencyCode: 'EUR',
          invoiceType: 'OneTime',
          documentType: 'adjustment_note',
          amendsOf: amended.id,
        },
      ],
    },
    {
      ...plain('G000024135', 10),
      totalCents: 207_663,
      currencyCode: 'USD',
      invoiceType: 'OneTime',
      taxReceiptIds: ['123456'],
      amendments: [],
    },
  ];
}
