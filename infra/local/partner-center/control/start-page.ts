import { html, type Answer } from '#local/partner-center/http/answer';
import type { Call } from '#local/partner-center/http/call';
import { decimalText } from '#local/partner-center/rules/money';
import { orderStatus } from '#local/partner-center/rules/order-status';
import { offers } from '#local/partner-center/seed/offers';
import { products } from '#local/partner-center/seed/products';
import type { Collection } from '#local/partner-center/store/collection';
import type { Cart, Customer, Invoice, Order } from '#local/partner-center/store/records';
import type { World } from '#local/partner-center/world';

const longest = 50;

/** A page for people: what is in this world right now. The newest carts, orders and invoices come first, fifty at most. */
export function startPage(_: Call, world: World): Answer {
  const { store, counts, faults, settings } = world;
  const now = world.clock.now();
  const sections = [
    `<p>It is ${new Date(now).toISOString()} here. This sandbox imitates the Partner Center REST API; nothing is bought.</p>`,
    table('Customers', 'id name country relation validation', [...store.customers.all()].map(customerRow)),
    table('Catalogue', 'product SKU title yields purchasable', offers.map(catalogueRow)),
    table('Carts', 'id customer status expires lines errors', newest(store.carts).map(cartRow)),
    table(
      'Orders',
      'id customer status created cart lines',
      newest(store.orders).map((order) => orderRow(order, now)),
    ),
    table('Invoices', 'id type date total amendments', newest(store.invoices).map(invoiceRow)),
    table(
      'Faults',
      'fault',
      faults.report().map((fault) => [JSON.stringify(fault)]),
    ),
    table('Settings', 'name value', pairs(settings)),
    table('Calls', 'route count', pairs(counts.report().calls)),
  ];
  return html(page(sections.join('\n')));
}

const newest = <T>(collection: Collection<T>): T[] => [...collection.all()].slice(-longest).toReversed();

const pairs = (values: object): string[][] => Object.entries(values).map(([name, value]) => [name, String(value)]);

const customerRow = (customer: Customer): string[] => [
  customer.id,
  customer.companyName,
  customer.address.country,
  customer.relationshipToPartner,
  customer.validationStatus ?? 'none',
];

const cartRow = (cart: Cart): string[] => [
  cart.id,
  cart.customerId,
  cart.status,
  new Date(cart.expiresAt).toISOString(),
  cart.lines.map((line) => `${String(line.quantity)} × ${line.catalogItemId}`).join(', '),
  cart.lines.flatMap((line) => (line.error ? [String(line.error.errorCode)] : [])).join(', '),
];

const orderRow = (order: Order, now: number): string[] => [
  order.id,
  order.customerId,
  orderStatus(order, now),
  order.creationDate,
  order.cause.cartId,
  order.lines.map((line) => `${String(line.quantity)} × ${line.friendlyName}`).join(', '),
];

const invoiceRow = (invoice: Invoice): string[] => [
  invoice.id,
  invoice.invoiceType,
  new Date(invoice.issuedAt).toISOString(),
  `${decimalText(invoice.totalCents)} ${invoice.currencyCode}`,
  invoice.amendments.map((one) => `${one.id} (${one.documentType})`).join(', '),
];

function catalogueRow(offer: (typeof offers)[number]): string[] {
  const product = products.find((one) => one.id === offer.productId);
  return [offer.productId, offer.skuId, product?.title ?? '', offer.yields, offer.isPurchasable ? 'yes' : 'no'];
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const row = (cells: readonly string[], tag: 'td' | 'th'): string =>
  `<tr>${cells.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join('')}</tr>`;

/** `head` has the column names, a word each. */
const table = (title: string, head: string, rows: readonly string[][]): string =>
  `<h2>${escape(title)}</h2><table>${row(head.split(' '), 'th')}${rows.map((cells) => row(cells, 'td')).join('')}</table>`;

const page = (content: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Partner Center sandbox</title>
<style>body{font:14px system-ui;margin:2em}table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.2em .5em;text-align:left}</style>
</head><body><h1>Partner Center sandbox</h1>
<p><a href="/sandbox/ledger">ledger</a> · <a href="/sandbox/calls">calls</a> · <a href="/sandbox/faults">faults</a> ·
<a href="/sandbox/settings">settings</a></p>
${content}</body></html>
`;
