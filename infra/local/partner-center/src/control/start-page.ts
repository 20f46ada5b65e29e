import type { ListedFault } from '#model/faults';
import type { SandboxContext } from '#model/sandbox-context';
import { type Settings, settingsSchema } from '#model/settings';
import { flatLines } from '#rules/flat-lines';
import { orderStatus } from '#rules/order-status';
import { OFFERS } from '#seed/offers';
import { AUDIENCES, PARTNER } from '#seed/partner';
import { SKUS } from '#seed/skus';
import type { Collection } from '#store/collection';
import type { Cart, Customer, Invoice, Order } from '#store/records';
import { html, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { decimalText } from '#wire/money';
import { example, menu, page, paragraph, table } from './html-page';

const LONGEST = 50;
const SECTIONS = ['Customers', 'Catalogue', 'Carts', 'Orders', 'Invoices', 'Faults', 'Settings', 'Calls'];
const ENDPOINTS = ['ledger', 'calls', 'faults', 'settings', 'clock'];

/** A page for people: how to use this sandbox, and what it holds now; of every kind at most fifty, newest first. */
export function startPage(call: Call, context: SandboxContext): Answer {
  const { store, counts, faults, settings } = context;
  const now = context.clock.now();
  const name = (customerId: string): string => store.customers.get(customerId)?.companyName ?? customerId;
  const parts = [
    paragraph('It behaves like the Partner Center REST API, on this machine alone. Nothing is ever bought.'),
    menu(Object.fromEntries(SECTIONS.map((title) => [title, `#${title.toLowerCase()}`]))),
    menu(Object.fromEntries(ENDPOINTS.map((endpoint) => [`/sandbox/${endpoint}`, `/sandbox/${endpoint}`]))),
    paragraph(`Its clock shows ${moment(now)} (UTC).`),
    '<h2>Point a client here</h2>',
    example(instructions(`http://${call.header('host') ?? '127.0.0.1'}`, settings)),
    table('Customers', 'id name country relation validation', [...store.customers.all()].map(customerRow)),
    table('Catalogue', 'product/SKU title billing needs becomes purchasable', OFFERS.map(catalogueRow)),
    table(
      'Carts',
      'id customer status expires lines',
      newest(store.carts).map((cart) => cartRow(cart, name)),
    ),
    table(
      'Orders',
      'id customer status created lines cart',
      newest(store.orders).map((order) => orderRow(order, name, now)),
    ),
    table('Invoices', 'id type date total amendments', newest(store.invoices).map(invoiceRow)),
    table('Faults', 'kind route fired members', faults.list().map(faultRow)),
    table('Settings', 'name value meaning', settingRows(settings)),
    table('Calls', 'route count', pairs(counts.report().calls)),
  ];
  const answer = html(page('Partner Center sandbox', parts));
  // Names come from callers and are escaped; the policy is a second line of defence.
  const policy = { 'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'" };
  return { ...answer, headers: { ...answer.headers, ...policy } };
}

const instructions = (base: string, { cloud }: Settings): string => `API root         ${base}
login authority  ${base}/${PARTNER.tenantId}
client id        ${PARTNER.clientId}
client secret    ${PARTNER.clientSecret}
refresh token    ${PARTNER.refreshToken}   (App+User)
audience         ${AUDIENCES[cloud]}

TOKEN=$(curl -s ${base}/${PARTNER.tenantId}/oauth2/v2.0/token \\
  -d grant_type=client_credentials -d client_id=${PARTNER.clientId} \\
  -d client_secret=${PARTNER.clientSecret} -d scope=${AUDIENCES[cloud]}/.default \\
  | node -p 'JSON.parse(require("fs").readFileSync(0)).access_token')
curl -s -H "Authorization: Bearer $TOKEN" ${base}/v1/customers`;

/** A time to the second, without a zone. */
const moment = (time: number): string => new Date(time).toISOString().slice(0, 19).replace('T', ' ');

const newest = <T>(collection: Collection<T>): T[] => [...collection.all()].slice(-LONGEST).toReversed();

const pairs = (values: object): string[][] => Object.entries(values).map(([name, value]) => [name, `${value}`]);

const customerRow = (customer: Customer): string[] => [
  customer.id,
  customer.companyName,
  customer.address.country,
  customer.relationshipToPartner,
  customer.validationStatus ?? 'none',
];

function catalogueRow({ productId, skuId, yields, isPurchasable }: (typeof OFFERS)[number]): string[] {
  const sku = SKUS.find((one) => one.productId === productId && one.id === skuId);
  const needs = sku?.purchasePrerequisites?.join('\n') ?? '';
  const billing = sku?.supportedBillingCycles.join('\n') ?? '';
  return [`${productId}/${skuId}`, sku?.title ?? '', billing, needs, yields, isPurchasable ? 'yes' : 'no'];
}

const cartRow = (cart: Cart, name: (customerId: string) => string): string[] => [
  cart.id,
  name(cart.customerId),
  cart.status,
  moment(cart.expiresAt),
  flatLines(cart.lines)
    .map(({ line }) => `${line.quantity} × ${line.friendlyName ?? line.catalogItemId}${errorOf(line)}`)
    .join('\n'),
];

const errorOf = ({ error }: Cart['lines'][number]): string =>
  error ? ` (${error.errorCode} ${error.errorDescription})` : '';

const orderRow = (order: Order, name: (customerId: string) => string, now: number): string[] => [
  order.id,
  name(order.customerId),
  orderStatus(order, now),
  moment(order.createdAt),
  order.lines
    .map((line) => `${line.quantity} × ${line.friendlyName}${line.cancelled ? ' (cancelled)' : ''}`)
    .join('\n'),
  order.cause.cartId,
];

const invoiceRow = (invoice: Invoice): string[] => [
  invoice.id,
  invoice.invoiceType,
  moment(invoice.issuedAt),
  `${decimalText(invoice.totalCents)} ${invoice.currencyCode}`,
  invoice.amendments.map((one) => `${one.id} (${one.documentType})`).join('\n'),
];

const faultRow = ({ id, fault, seen, fired }: ListedFault): string[] => {
  const { kind, route, ...members } = fault;
  const often = `${fired} of ${seen} calls`;
  return [`${id} ${kind}`, [route].flat().join('\n'), often, JSON.stringify(members)];
};

const DEFAULTS = new Map(Object.entries(settingsSchema.parse({})));

const settingRows = (settings: Settings): string[][] =>
  Object.entries(settingsSchema.shape).map(([name, schema]) => {
    const value = new Map(Object.entries(settings)).get(name);
    const usual = DEFAULTS.get(name);
    return [name, `${value}` + (value === usual ? '' : ` (usually ${usual})`), schema.description ?? ''];
  });
