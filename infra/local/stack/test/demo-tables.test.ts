import { expect, test } from '@jest/globals';
import { countTable } from '#demo/count-table';
import { eventTable } from '#demo/event-table';
import { orderTable } from '#demo/order-table';
import { plainPaint } from '#text/paint';

const event = (type: string, subject: string, sequence: number) => ({
  type,
  subject,
  sequence: `${sequence}`.padStart(10, '0'),
});

test('the events of each purchase stand in its column, by their sequence', () => {
  const crm = [event('carted', 'p1', 2), event('accepted', 'p1', 1), event('placed', 'order-number-1', 3)];
  const columns = [
    { title: 'CRM', subject: 'p1', events: crm },
    { title: 'ERP', subject: 'p2', events: [event('accepted', 'p2', 1)] },
  ];
  expect(eventTable(columns, plainPaint)).toEqual([
    `   #  CRM${' '.repeat(47)}ERP`,
    `   1  accepted${' '.repeat(42)}accepted`,
    '   2  carted',
    `   3  placed${' '.repeat(26)}order-nu`,
  ]);
});

test.each([[[1, 3]], [[2]], [[1, 1]]])('a gap or a repetition in a sequence is an error: %j', (sequences) => {
  const events = sequences.map((sequence) => event('accepted', 'p1', sequence));
  expect(() => eventTable([{ title: 'CRM', subject: 'p1', events }], plainPaint)).toThrow(
    /^CRM: event accepted is number/,
  );
});

const view = {
  purchaseId: 'p1',
  requestId: 'r1',
  status: 'completed',
  stage: 'tracking',
  cart: { id: 'c1', lines: ['0', '1', '1'].map((orderGroup, index) => ({ lineId: `${index}`, orderGroup })) },
  orders: ['0', '1'].map((orderGroup) => ({ orderGroup, orderId: `o${orderGroup}`, status: 'completed' })),
  history: [],
};
const ledger = ['0', '1'].map((orderGroup) => ({ orderId: `o${orderGroup}`, cartId: 'c1', orderGroup }));

test('every order group has its one order', () => {
  const others = [{ orderId: 'o9', cartId: 'c9', orderGroup: '0' }];
  const [, ...rows] = orderTable([{ name: 'CRM', view }], [...ledger, ...others], plainPaint);
  expect(rows.map((row) => row.split(/\s+/))).toEqual([
    ['CRM', 'c1', '0', 'o0', 'completed'],
    ['CRM', 'c1', '1', 'o1', 'completed'],
  ]);
});

test.each([
  ['none', ledger.slice(1), 'Order group 0 of cart c1 has 0 orders'],
  ['two', [...ledger, ledger[0]].flatMap((order) => order ?? []), 'Order group 0 of cart c1 has 2 orders'],
  ['another', ledger.map((order) => ({ ...order, orderId: 'x' })), 'has 1 orders in the ledger, expected exactly o0'],
])('an order group with %s in the ledger is an error', (_, found, message) => {
  expect(() => orderTable([{ name: 'CRM', view }], found, plainPaint)).toThrow(message);
});

test('the counts leave out what no message went through', () => {
  const now = { active: 0, locked: 0, scheduled: 0, deadLetter: 0 };
  const none = { ...now, sent: 0, scheduledSends: 0, delivered: 0, completed: 0, abandoned: 0, deadLettered: 0 };
  const counts = new Map([
    ['quiet', none],
    ['order-events/Subscriptions/audit', { ...none, sent: 18, delivered: 18, completed: 17, deadLettered: 1 }],
    ['purchase-watchdog', { ...none, scheduledSends: 2 }],
  ]);
  expect(countTable(counts, plainPaint).map((row) => row.trim().split(/\s{2,}/))).toEqual([
    ['sent', 'scheduled', 'delivered', 'completed', 'dead-lettered'],
    ['order-events > audit', '18', '-', '18', '17', '1'],
    ['purchase-watchdog', '-', '2', '-', '-', '-'],
  ]);
});
