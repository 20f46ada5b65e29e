import { expect, test } from '@jest/globals';
import type { BusMessage } from '#shared/azure/bus';
import { hasWaited, waitOutOutages, type OutageDeps } from '#shared/pipeline/wait-out-outage';
import { NOW } from '#test/support/builders';

/** What becomes of one message whose handler meets an outage. */

const away = Object.assign(new Error('storage is away'), { code: 'ECONNREFUSED' });

interface Given {
  /** How many sends fail before one succeeds. */
  busAway?: number;
  pauses?: number[];
}

function situation({ busAway = 0, pauses = [5, 10, 20] }: Given = {}) {
  const sent: (BusMessage & { entity: string })[] = [];
  let clock = NOW.getTime();
  let failures = busAway;
  const deps: OutageDeps = {
    bus: {
      send: async (entity, message) => {
        clock += 1000;
        if (failures-- > 0) throw Object.assign(new Error('the bus is away'), { code: 'ECONNRESET' });
        sent.push({ entity, ...message });
      },
    },
    log: () => undefined,
    settings: { outagePausesSeconds: pauses },
    now: () => new Date(clock),
    pause: async (seconds) => void (clock += seconds * 1000),
  };
  const handle = (metadata: Record<string, unknown>, failure: unknown = away, body: unknown = { hello: 'bus' }) =>
    waitOutOutages('purchase-requests', () => Promise.reject(failure), deps)(body, { triggerMetadata: metadata });
  /** The metadata that the host gives of the copy that was sent last. */
  const lastCopy = () => {
    const { messageId, properties = {}, notBefore } = sent.at(-1) ?? {};
    return { messageId, enqueuedTimeUtc: notBefore?.toISOString(), applicationProperties: properties };
  };
  return { deps, sent, handle, lastCopy, seconds: () => (clock - NOW.getTime()) / 1000 };
}

const first = {
  messageId: 'order-1',
  correlationId: 'c',
  subject: 's',
  contentType: 'application/json',
  enqueuedTimeUtc: '2026-03-01T09:59:00.000Z',
  deliveryCount: 1,
  applicationProperties: { 'webhook-id': 'order-1', count: 3, isUrgent: true },
};

test('in an outage the same message is scheduled under an id of its own, and the message is done with', async () => {
  const { handle, sent } = situation();
  const body = Buffer.from([0xff, 0x00, 0x7b]);
  await handle(first, away, body);
  expect(sent).toMatchObject([
    {
      entity: 'purchase-requests',
      messageId: 'order-1~outage-1',
      body,
      correlationId: 'c',
      subject: 's',
      contentType: 'application/json',
      properties: { 'webhook-id': 'order-1', count: 3, isUrgent: true, outageAttempt: 1 },
    },
  ]);
});

test('the pauses grow, the last repeats, and every copy has an id that none had before', async () => {
  const { handle, sent, lastCopy } = situation();
  await handle(first);
  for (let copy = 2; copy <= 6; copy++) await handle(lastCopy());
  expect(sent.map(({ messageId }) => messageId)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `order-1~outage-${n}`));
  const start = NOW.getTime();
  const pauses = sent.map(({ notBefore }, at) => ((notBefore?.getTime() ?? 0) - start) / 1000 - at);
  // A quarter longer at most, so that not all come back at once.
  [5, 10, 20, 20, 20, 20].forEach((pause, at) => {
    expect(pauses[at]).toBeGreaterThanOrEqual(pause);
    expect(pauses[at]).toBeLessThanOrEqual(pause * 1.25);
  });
});

test('the handler of a copy sees the id, the time and the properties of the first message', async () => {
  const { handle, lastCopy, deps } = situation();
  await handle(first);
  const seen: unknown[] = [];
  const context = { triggerMetadata: lastCopy() };
  expect([hasWaited({ triggerMetadata: first }), hasWaited(context)]).toEqual([false, true]);
  await waitOutOutages(
    'purchase-requests',
    async (_body, { triggerMetadata }) => void seen.push(triggerMetadata),
    deps,
  )({}, context);
  expect(seen).toEqual([
    {
      messageId: 'order-1',
      enqueuedTimeUtc: '2026-03-01T09:59:00.000Z',
      applicationProperties: first.applicationProperties,
    },
  ]);
});

test('an id as long as the broker takes leaves room for the number, and two such ids stay two', async () => {
  const { handle, sent } = situation();
  await handle({ ...first, messageId: `${'x'.repeat(127)}1` });
  await handle({ ...first, messageId: `${'x'.repeat(127)}2` });
  const ids = sent.map(({ messageId }) => messageId);
  expect(new Set(ids).size).toBe(2);
  expect(ids.every((id) => id.length <= 128)).toBe(true);
});

test('while the bus is away the message is kept in hand until the copy can be sent', async () => {
  const { handle, sent, seconds } = situation({ busAway: 20 });
  await handle(first);
  expect(sent).toHaveLength(1);
  expect(seconds()).toBeGreaterThan(100);
});

test('a bus that stays away gets its message back after more than three minutes and before the time-out of the host', async () => {
  const { handle, sent, seconds } = situation({ busAway: 1000 });
  await expect(handle(first)).rejects.toThrow('the bus is away');
  expect(sent).toEqual([]);
  // Ten deliveries last longer than half an hour.
  expect(seconds()).toBeGreaterThan(180);
  expect(seconds()).toBeLessThan(240);
});

test('what is no outage is thrown on, and nothing is sent', async () => {
  const { handle, sent } = situation();
  await expect(handle(first, new TypeError('a bug'))).rejects.toThrow('a bug');
  expect(sent).toEqual([]);
});

test('what still fails after days of copies is thrown on: it ends where a person finds it', async () => {
  const { handle, sent } = situation();
  await expect(handle({ ...first, applicationProperties: { outageAttempt: 1000 } })).rejects.toThrow('storage is away');
  expect(sent).toEqual([]);
});

test.each([
  ['no metadata at all', {}],
  ['metadata out of shape', { messageId: {}, applicationProperties: 'none', enqueuedTimeUtc: 'yesterday' }],
  ['properties of a stranger', { applicationProperties: { outageAttempt: 'many', outageMessageId: 7 } }],
])('a message with %s waits as well', async (_what, metadata) => {
  const { handle, sent } = situation();
  await handle(metadata);
  expect(sent).toMatchObject([{ messageId: expect.stringMatching(/~outage-1$/), properties: { outageAttempt: 1 } }]);
});
