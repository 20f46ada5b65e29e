import { html, type Answer } from '#local/partner-center/http/answer';
import type { Call } from '#local/partner-center/http/call';
import { orderStatus } from '#local/partner-center/rules/order-status';
import { offers } from '#local/partner-center/seed/offers';
import { products } from '#local/partner-center/seed/products';
import type { World } from '#local/partner-center/world';

const longest = 50;

/** A page for people: what is in this world right now. The newest carts and orders come first, fifty at most. */
export function startPage(_: Call, world: World): Answer {
  const now = world.clock.now();
  const { store } = world;
  const sections = [
    `<p>It is ${new Date(now).toISOString()} here. This sandbox imitates the Partner Center REST API; nothing is bought.</p>`,
    table(
      'Customers',
      ['id', 'name', 'country', 'relation', 'validation'],
      [...store.customers.all()].map((one) => [
        one.id,
        one.companyName,
        one.address.country,
        one.relationshipToPartner,
        one.validationStatus ?? 'none',
      ]),
    ),
    table('Catalogue', ['product', 'SKU', 'title', 'type', 'purchasable'], offers.map(catalogueRow)),
    table(
      `Carts (${String(store.carts.size)})`,
      ['id', 'customer', 'status', 'expires', 'lines', 'errors'],
      [...store.carts.all()]
        .slice(-longest)
        .toReversed()
        .map((cart) => [
          cart.id,
          store.customers.get(cart.customerId)?.companyName ?? cart.customerId,
          cart.status,
          new Date(cart.expiresAt).toISOString(),
          cart.lines.map((line) => `${String(line.quantity)} × ${line.catalogItemId}`).join(', '),
          cart.lines.flatMap((line) => (line.error ? [String(line.error.errorCode)] : [])).join(', '),
        ]),
    ),
    table(
      `Orders (${String(store.orders.size)})`,
      ['id', 'customer', 'status', 'created', 'cart', 'lines'],
      [...store.orders.all()]
        .slice(-longest)
        .toReversed()
        .map((order) => [
          order.id,
          store.customers.get(order.customerId)?.companyName ?? order.customerId,
          orderStatus(order, now),
          order.creationDate,
          order.cause.cartId,
          order.lines.map((line) => `${String(line.quantity)} × ${line.friendlyName}`).join(', '),
        ]),
    ),
    table(
      'Invoices',
      ['id', 'type', 'date', 'total', 'amendments'],
      [...store.invoices.all()]
        .slice(-longest)
        .toReversed()
        .map((invoice) => [
          invoice.id,
          invoice.invoiceType,
          new Date(invoice.issuedAt).toISOString(),
          `${(invoice.totalCents / 100).toFixed(2)} ${invoice.currencyCode}`,
          invoice.amendments.map((one) => `${one.id} (${one.documentType})`).join(', '),
        ]),
    ),
    table(
      'Faults',
      ['fault'],
      world.faults.report().map((fault) => [JSON.stringify(fault)]),
    ),
    table(
      'Settings',
      ['name', 'value'],
      Object.entries(world.settings).map(([name, value]) => [name, String(value)]),
    ),
    table(
      'Calls',
      ['route', 'count'],
      Object.entries(world.counts.report().calls).map(([route, count]) => [route, String(count)]),
    ),
  ];
  return html(page(sections.join('\n')));
}

function catalogueRow(offer: (typeof offers)[number]): string[] {
  const product = products.find((one) => one.id === offer.productId);
  return [offer.productId, offer.skuId, product?.title ?? '', offer.yields, offer.isPurchasable ? 'yes' : 'no'];
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const row = (cells: readonly string[], tag: 'td' | 'th'): string =>
  `<tr>${cells.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join('')}</tr>`;

const table = (title: string, head: readonly string[], rows: readonly string[][]): string =>
  `<h2>${escape(title)}</h2><table>${row(head, 'th')}${rows.map((cells) => row(cells, 'td')).join('')}</table>`;

const page = (content: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Partner Center sandbox</title>
<style>body{font:14px system-ui;margin:2em}table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.2em .5em;text-align:left}</style>
</head><body><h1>Partner Center sandbox</h1>
<p><a href="/sandbox/ledger">ledger</a> · <a href="/sandbox/calls">calls</a> · <a href="/sandbox/faults">faults</a> ·
<a href="/sandbox/settings">settings</a></p>
${content}</body></html>
`;
