import type { Route } from '#model/route';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { collection, link } from '#wire/link';
import { refusal } from '#wire/refusal';

/** Links to the unbilled line items (page "get-invoice-estimate-links"): they still use the older names of the provider. */
export const estimateRoutes: readonly Route[] = [
  { name: 'listEstimateLinks', method: 'GET', path: '/v1/invoices/estimates/links', access: 'token', answer: list },
];

function list(call: Call): Answer {
  const currency = call.query.get('currencyCode')?.toUpperCase();
  if (currency === undefined) throw refusal('invalidInput', 'currencycode is required.');
  const kinds = [
    {
      type: 'daily_rated_usage',
      title: 'Unbilled daily rated usage',
      provider: 'Marketplace',
      lines: 'UsageLineItems',
    },
    {
      type: 'non_consumption',
      title: 'Unbilled reconciliation line items',
      provider: 'all',
      lines: 'BillingLineItems',
    },
  ];
  const items = kinds.flatMap(({ type, title, provider, lines }) =>
    ['current', 'previous'].map((period) => ({
      type,
      title,
      description: `${title}, ${period} period.`,
      period: period === 'current' ? 'Current' : 'Previous',
      link: link(
        `/invoices/unbilled/lineitems?provider=${provider}&invoicelineitemtype=${lines}` +
          `&currencycode=${currency}&period=${period}&size=2000`,
      ),
    })),
  );
  return json(collection(items));
}
