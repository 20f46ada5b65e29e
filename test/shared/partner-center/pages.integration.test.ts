import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Transport } from '#shared/partner-center/http/transport';
import { listAuditRecords } from '#shared/partner-center/resources/audit-records';
import { listCustomers } from '#shared/partner-center/resources/customers';
import { listInvoices, type Invoice } from '#shared/partner-center/resources/invoices';
import { lineTotal, listInvoiceLineItems, listUnbilledLineItems } from '#shared/partner-center/resources/line-items';
import { aCall, startClientUnderTest, type ClientUnderTest } from './client-under-test';
import { all, first } from './documented-answers';
import { inTurn, respond, type Answer, type Seen } from './scripted-server';

let client: ClientUnderTest;
beforeEach(async () => {
  client = await startClientUnderTest();
});
afterEach(() => client.close());

function pagesAsked(): Seen[] {
  return client.server.seen.filter(({ path }) => path.startsWith('/v1/'));
}

function answerPages(page: (seen: Seen) => Record<string, unknown>): void {
  client.answer((seen, response) => respond(200, { totalCount: 1, ...page(seen) })(seen, response));
}

const anInvoice = (id: string) => ({ id, totalCharges: 1, currencyCode: 'EUR' });
const nextLink = { links: { next: { uri: '/invoices?size=2&offset=', method: 'GET', headers: [] } } };

function nextWithToken(value: string) {
  return {
    links: {
      next: {
        uri: '/invoices/unbilled/lineitems?size=2?seekOperation=Next',
        method: 'GET',
        headers: [{ key: 'MS-ContinuationToken', value }],
      },
    },
  };
}

test('size and offset: pages follow until there is no next link, whatever the link and the total say', async () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];
  answerPages(({ query }) => {
    const offset = Number(query.get('offset') ?? 0);
    const items = ids.slice(offset, offset + 2).map(anInvoice);
    return { items, ...(offset + 2 < ids.length ? nextLink : {}) };
  });
  const call = aCall();
  const invoices = await all(listInvoices(client.pc, { from: '2024-01-01', to: '2024-03-31' }, call));
  expect(invoices.map(({ id }) => id)).toEqual(ids);
  expect(pagesAsked().map(({ query }) => query.get('offset'))).toEqual([null, '2', '4']);
  expect(JSON.parse(pagesAsked()[0]?.query.get('filter') ?? '')).toEqual({
    LeftFilter: { Field: 'InvoiceDate', Value: '2024-01-01', Operator: 'greater_than_or_equals' },
    RightFilter: { Field: 'InvoiceDate', Value: '2024-04-01', Operator: 'less_than' },
    Operator: 'and',
  });
  const requestIds = pagesAsked().map(({ headers }) => headers['ms-requestid']);
  expect(requestIds[0]).toBe(call.requestId);
  expect(new Set(requestIds).size).toBe(3);
  expect(new Set(pagesAsked().map(({ headers }) => headers['ms-correlationid']))).toEqual(
    new Set([call.correlationId]),
  );
});

test('a list that ignores the offset ends, and gives every invoice once', async () => {
  answerPages(() => ({ items: ['a', 'b'].map(anInvoice), ...nextLink }));
  expect(await all(listInvoices(client.pc, {}, aCall()))).toHaveLength(2);
  expect(pagesAsked()).toHaveLength(2);
});

test('an invoice that moves onto the next page while we read is given once', async () => {
  answerPages(({ query }) =>
    query.has('offset') ? { items: ['b', 'c'].map(anInvoice) } : { items: ['a', 'b'].map(anInvoice), ...nextLink },
  );
  expect((await all(listInvoices(client.pc, {}, aCall()))).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
});

test('continuation: the token is taken from the body or from the link, and goes back in a header', async () => {
  answerPages(({ headers }) => {
    const token = headers['ms-continuationtoken'];
    if (token === undefined) return { items: [{ orderId: '1' }], continuationToken: 'from-body' };
    return token === 'from-body'
      ? { items: [{ orderId: '2' }], ...nextWithToken('from-link') }
      : { items: [{ orderId: '3' }] };
  });
  const lines = await all(listInvoiceLineItems(client.pc, 'G1', { kind: 'one_time', pageSize: 1 }, aCall()));
  expect(lines).toMatchObject([{ orderId: '1' }, { orderId: '2' }, { orderId: '3' }]);
  expect(pagesAsked().map(({ query }) => query.get('seekOperation'))).toEqual([null, 'Next', 'Next']);
  expect(pagesAsked().map(({ query }) => query.getAll('size'))).toEqual([['1'], ['1'], ['1']]);
});

test('continuation ends when a token comes again', async () => {
  answerPages(({ headers }) => ({
    items: [{ orderId: [headers['ms-continuationtoken']].join() }],
    continuationToken: 'again',
  }));
  await all(listInvoiceLineItems(client.pc, 'G1', { kind: 'one_time' }, aCall()));
  expect(pagesAsked()).toHaveLength(2);
});

test('continuation ends when the same page comes again under new tokens', async () => {
  let turn = 0;
  answerPages(() => ({ items: [{ id: 'same' }], continuationToken: `token ${(turn += 1)}` }));
  expect(await all(listCustomers(client.pc, {}, aCall()))).toHaveLength(1);
  expect(pagesAsked()).toHaveLength(2);
});

test('an empty page in the middle of a continuation does not end it', async () => {
  answerPages(({ headers }) => {
    const token = headers['ms-continuationtoken'];
    if (token === 'two') return { items: [{ id: 'b' }] };
    return token === 'one'
      ? { items: [], continuationToken: 'two' }
      : { items: [{ id: 'a' }], continuationToken: 'one' };
  });
  const records = await all(listAuditRecords(client.pc, { startDate: '2024-01-01' }, aCall()));
  expect(records.map(({ id }) => id)).toEqual(['a', 'b']);
});

test('no page is asked for before it is wanted', async () => {
  answerPages(({ query }) => ({ items: [anInvoice(`i${query.get('offset') ?? '0'}`)], ...nextLink }));
  await first(listInvoices(client.pc, {}, aCall()), 1);
  expect(pagesAsked()).toHaveLength(1);
});

const tooMany = respond(429, { statusCode: 429, message: 'Rate limit is exceeded.' }, { 'Retry-After': '57' });
const WAIT = { remedy: 'wait', retryAfterSeconds: 57 };

/** Two pages of a list in any scheme: which one is asked for can be seen in the request. */
const twoPages: Answer = (seen, response) => {
  const second = seen.query.has('offset') || seen.headers['ms-continuationtoken'] !== undefined;
  const items = (second ? ['c', 'd'] : ['a', 'b']).map((id) => ({ ...anInvoice(id), orderId: id }));
  respond(200, { items, ...(second ? {} : nextWithToken('second')) })(seen, response);
};

const LISTS: readonly (readonly [what: string, list: (pc: Transport) => AsyncIterable<unknown>])[] = [
  ['invoices', (pc) => listInvoices(pc, {}, aCall())],
  ['lines of the older commerce', (pc) => listInvoiceLineItems(pc, 'D1', { kind: 'license' }, aCall())],
  ['lines of the newer commerce', (pc) => listInvoiceLineItems(pc, 'G1', { kind: 'one_time' }, aCall())],
  [
    'unbilled lines',
    (pc) => listUnbilledLineItems(pc, { kind: 'one_time', currencyCode: 'EUR', period: 'current' }, aCall()),
  ],
  ['customers', (pc) => listCustomers(pc, {}, aCall())],
  ['audit records', (pc) => listAuditRecords(pc, { startDate: '2024-01-01' }, aCall())],
];

test.each(LISTS)(
  '%s: a 429 before any page reaches the reader at once, and reading on gives every item once',
  async (_what, list) => {
    let now = Date.now();
    const patient = await startClientUnderTest({ now: () => now });
    patient.answer(twoPages);
    const whole = await all(list(patient.pc));
    const items = list(patient.pc)[Symbol.asyncIterator]();
    const read: unknown[] = [];
    for (const page of [whole.slice(0, 2), whole.slice(2)]) {
      patient.answer(tooMany);
      await expect(items.next()).rejects.toMatchObject({ ...WAIT, status: 429 });
      // The gate is closed now: not even a request is made.
      await expect(items.next()).rejects.toMatchObject({ ...WAIT, code: 'throttled' });
      now += 57_000;
      patient.answer(twoPages);
      for (const _item of page) read.push((await items.next()).value);
    }
    expect(whole).toHaveLength(4);
    expect(read).toEqual(whole);
    expect(await items.next()).toEqual({ done: true, value: undefined });
    expect(await items.next()).toEqual({ done: true, value: undefined });
    await patient.close();
  },
);

test('a loop over a list ends with the error, and another loop over the same list goes on', async () => {
  const ids: string[] = [];
  const read = async (list: AsyncIterable<Invoice>) => {
    for await (const { id } of list) ids.push(id);
  };
  const invoices = listInvoices(client.pc, {}, aCall());
  client.answer(inTurn(twoPages, respond(403, { code: 900329 }), twoPages));
  await expect(read(invoices)).rejects.toMatchObject({ code: '900329', remedy: 'hold' });
  expect(ids).toEqual(['a', 'b']);
  await read(invoices);
  expect(ids).toEqual(['a', 'b', 'c', 'd']);
});

test('readers that ask at once share a page, and each gets an item of its own', async () => {
  client.answer(twoPages);
  const invoices = listInvoices(client.pc, {}, aCall())[Symbol.asyncIterator]();
  const five = await Promise.all(Array.from({ length: 5 }, () => invoices.next()));
  expect(five.map(({ value }) => value?.id)).toEqual(['a', 'b', 'c', 'd', undefined]);
  expect(pagesAsked()).toHaveLength(2);
});

test('filters are sent as JSON', async () => {
  answerPages(() => ({ items: [] }));
  await all(listCustomers(client.pc, { filter: { field: 'CompanyName', startsWith: 'Con & Co' } }, aCall()));
  await all(
    listAuditRecords(client.pc, { startDate: '2024-01-01', filter: { kind: 'customer', customerId: 'c1' } }, aCall()),
  );
  expect(pagesAsked().map(({ query }) => JSON.parse(query.get('filter') ?? ''))).toEqual([
    { Field: 'CompanyName', Value: 'Con & Co', Operator: 'starts_with' },
    { Field: 'CustomerId', Value: 'c1', Operator: 'equals' },
  ]);
});

test('only billing lines add to an invoice, each in its own currency', async () => {
  answerPages(() => ({
    items: [
      { totalForCustomer: '1.50', currency: 'EUR', attributes: { objectType: 'OneTimeInvoiceLineItem' } },
      { postTaxTotal: 2, currency: 'GBP', attributes: { objectType: 'UsageBasedLineItem' } },
      { billingPreTaxTotal: 3, billingCurrency: 'EUR', attributes: { objectType: 'DailyRatedUsageLineItem' } },
      { totalForCustomer: 4 },
    ],
  }));
  const lines = await all(listInvoiceLineItems(client.pc, 'G1', { kind: 'one_time' }, aCall()));
  expect(lines.map(lineTotal)).toEqual([
    { amount: '1.5', currency: 'EUR' },
    { amount: '2', currency: 'GBP' },
    undefined,
    undefined,
  ]);
});
