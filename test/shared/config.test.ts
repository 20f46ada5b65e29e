import { expect, test } from '@jest/globals';
import { readConfig } from '#shared/config';
import { SECRET } from '#test/support/builders';

const complete = {
  ServiceBusConnection: 'Endpoint=sb://127.0.0.1:5672;...',
  StorageConnection: 'UseDevelopmentStorage=true',
  PARTNER_CENTER_TENANT_ID: '11111111-1111-4111-8111-111111111111',
  PARTNER_CENTER_CLIENT_ID: '22222222-2222-4222-8222-222222222222',
  PARTNER_CENTER_CLIENT_SECRET: 'not-a-real-secret',
  PARTNER_CENTER_SECRETS_FILE: 'secrets.json',
  SOURCES: JSON.stringify([{ id: 'crm', kind: 'crm', signingKeys: [{ secret: SECRET }], customers: ['*'] }]),
};

test('a connection string and a managed identity are two ends of the same setting', () => {
  expect(readConfig(complete).bus.kind).toBe('string');
  const { ServiceBusConnection: _left, ...rest } = complete;
  const identity = { ...rest, ServiceBusConnection__fullyQualifiedNamespace: 'sb-x.servicebus.windows.net' };
  expect(readConfig(identity).bus).toEqual({ kind: 'identity', namespace: 'sb-x.servicebus.windows.net' });
});

test('everything that is missing is named at once', () => {
  expect(() => readConfig({})).toThrow(/PARTNER_CENTER_TENANT_ID[^]*SOURCES/);
});

test('a secret that does not fit never shows in the error', () => {
  const weak = JSON.stringify([
    { id: 'crm', kind: 'crm', signingKeys: [{ secret: 'whsec_c2hvcnQ=' }], customers: ['*'] },
  ]);
  const read = () => readConfig({ ...complete, SOURCES: weak });
  expect(read).toThrow('24 to 64 bytes');
  expect(read).not.toThrow('c2hvcnQ');
});

test('two sources can not share a key, since the key names the source', () => {
  const twice = ['a', 'b'].map((id) => ({ id, kind: 'crm', signingKeys: [{ secret: SECRET }], customers: ['*'] }));
  expect(() => readConfig({ ...complete, SOURCES: JSON.stringify(twice) })).toThrow('signing keys');
});

test('the markets without software subscriptions and reservations can be replaced, also by none', () => {
  const marketsOf = (text: string) => readConfig({ ...complete, UNAVAILABLE_MARKETS: text }).policy.unavailableMarkets;
  expect(marketsOf('BR, cn')).toEqual(['BR', 'CN']);
  expect(marketsOf('none')).toEqual([]);
  expect(readConfig(complete).policy.unavailableMarkets).toBeUndefined();
  expect(() => marketsOf('Brazil')).toThrow('UNAVAILABLE_MARKETS');
});

test('a partner counts as not qualified for perpetual software until it is said', () => {
  expect(readConfig(complete).policy.perpetualSoftwareQualified).toBe(false);
  const qualified = (text: string) => readConfig({ ...complete, PERPETUAL_SOFTWARE_QUALIFIED: text }).policy;
  expect(qualified('true').perpetualSoftwareQualified).toBe(true);
  expect(() => qualified('perhaps')).toThrow('PERPETUAL_SOFTWARE_QUALIFIED');
});

test('the limits of a source are kept under its id, and an amount that is no decimal is refused', () => {
  const limited = (limits: unknown) => {
    const [only] = JSON.parse(complete.SOURCES);
    return readConfig({ ...complete, SOURCES: JSON.stringify([{ ...only, limits }]) }).policy.sourceLimits;
  };
  const limits = { quantity: 10, amount: { value: '1500.00', currency: 'EUR' } };
  expect(limited(limits).get('crm')).toEqual(limits);
  expect(readConfig(complete).policy.sourceLimits.size).toBe(0);
  expect(() => limited({ amount: { value: 1500, currency: 'EUR' } })).toThrow('SOURCES');
  expect(() => limited({ amount: { value: '1e9', currency: 'EUR' } })).toThrow('SOURCES');
});

test('provisioning is tracked unless it is turned off', () => {
  expect(readConfig(complete).policy.trackProvisioning).toBe(true);
  expect(readConfig({ ...complete, TRACK_PROVISIONING: 'false' }).policy.trackProvisioning).toBe(false);
});

test('an alarm clock rings at least once within the duplicate window of its queue', () => {
  expect(readConfig({ ...complete, WATCH_SECONDS: '1800' }).policy.watchSeconds).toBe(1800);
  expect(() => readConfig({ ...complete, WATCH_SECONDS: '1801' })).toThrow('WATCH_SECONDS');
});
