import { json, type Answer } from '#local/partner-center/http/answer';
import type { Call } from '#local/partner-center/http/call';
import { collection, link } from '#local/partner-center/http/link';
import { refusal } from '#local/partner-center/http/refusal';
import type { Route } from '#local/partner-center/http/route';

/** Links to the unbilled line items (page "get-invoice-estimate-links"). */
export const estimateRoutes: readonly Route[] = [
  { name: 'listEstimateLinks', method: 'GET', path: '/v1/invoices/estimates/links', access: 'token', answer: list },
];

function list(call: Call): Answer {
  const currency = call.query.get('currencyCode')?.toUpperCase();
  if (currency === undefined) throw refusal('invalidInput', 'currencycode is required.');
  const kinds = [
    { type: 'daily_rated_usage', title: 'Daily rated usage unbilled', lines: 'UsageLineItems' },
    { type: 'one_time', title: 'One time unbilled', lines: 'BillingLineItems' },
  ];
  const items = kinds.flatMap(({ type, title, lines }) =>
    ['current', 'previous'].map((period) => ({
      type,
      title,
      description: `${title}, ${period} period.`,
      period: period === 'current' ? 'Current' : 'Previous',
      link: link(
        `/invoices/unbilled/lineitems?provider=OneTime&invoicelineitemtype=${lines}` +
          `&currencycode=${currency}&period=${period}&size=2000`,
      ),
    })),
  );
  return json(collection(items));
}
