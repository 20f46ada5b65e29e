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
  REQUESTERS: JSON.stringify([{ id: 'crm', kind: 'crm', signingKeys: [{ secret: SECRET }], customers: ['*'] }]),
};

test('a connection string and a managed identity are two ends of the same setting', () => {
  expect(readConfig(complete).bus.kind).toBe('string');
  const { ServiceBusConnection: _left, ...rest } = complete;
  const identity = { ...rest, ServiceBusConnection__fullyQualifiedNamespace: 'sb-x.servicebus.windows.net' };
  expect(readConfig(identity).bus).toEqual({ kind: 'identity', namespace: 'sb-x.servicebus.windows.net' });
});

test('everything that is missing is named at once', () => {
  expect(() => readConfig({})).toThrow(/PARTNER_CENTER_TENANT_ID[^]*REQUESTERS/);
});

test('a secret that does not fit never shows in the error', () => {
  const weak = JSON.stringify([
    { id: 'crm', kind: 'crm', signingKeys: [{ secret: 'whsec_c2hvcnQ=' }], customers: ['*'] },
  ]);
  const read = () => readConfig({ ...complete, REQUESTERS: weak });
  expect(read).toThrow('24 to 64 bytes');
  expect(read).not.toThrow('c2hvcnQ');
});

test('two requesters can not share a key, since the key names the requester', () => {
  const twice = ['a', 'b'].map((id) => ({ id, kind: 'crm', signingKeys: [{ secret: SECRET }], customers: ['*'] }));
  expect(() => readConfig({ ...complete, REQUESTERS: JSON.stringify(twice) })).toThrow('signing keys');
});

test('the markets without software subscriptions and reservations can be replaced, also by none', () => {
  const marketsOf = (text: string) =>
    readConfig({ ...complete, UNAVAILABLE_MARKETS: text }).settings.unavailableMarkets;
  expect(marketsOf('BR, cn')).toEqual(['BR', 'CN']);
  expect(marketsOf('none')).toEqual([]);
  expect(readConfig(complete).settings.unavailableMarkets).toBeUndefined();
  expect(() => marketsOf('Brazil')).toThrow('UNAVAILABLE_MARKETS');
});

test('a partner counts as not qualified for perpetual software until it is said', () => {
  expect(readConfig(complete).settings.perpetualSoftwareQualified).toBe(false);
  const qualified = (text: string) => readConfig({ ...complete, PERPETUAL_SOFTWARE_QUALIFIED: text }).settings;
  expect(qualified('true').perpetualSoftwareQualified).toBe(true);
  expect(() => qualified('perhaps')).toThrow('PERPETUAL_SOFTWARE_QUALIFIED');
});

test('the limits of a requester are kept under its id, and an amount that is no decimal is rejected', () => {
  const limited = (limits: unknown) => {
    const [only] = JSON.parse(complete.REQUESTERS);
    return readConfig({ ...complete, REQUESTERS: JSON.stringify([{ ...only, limits }]) }).settings.requesterLimits;
  };
  const limits = { quantity: 10, amount: { value: '1500.00', currency: 'EUR' } };
  expect(limited(limits).get('crm')).toEqual(limits);
  expect(readConfig(complete).settings.requesterLimits.size).toBe(0);
  expect(() => limited({ amount: { value: 1500, currency: 'EUR' } })).toThrow('REQUESTERS');
  expect(() => limited({ amount: { value: '1e9', currency: 'EUR' } })).toThrow('REQUESTERS');
});

test('provisioning is tracked unless it is turned off', () => {
  expect(readConfig(complete).settings.trackProvisioning).toBe(true);
  expect(readConfig({ ...complete, TRACK_PROVISIONING: 'false' }).settings.trackProvisioning).toBe(false);
});

test('a watchdog ticks at least once within the duplicate window of its queue', () => {
  expect(readConfig({ ...complete, WATCHDOG_SECONDS: '1800' }).settings.watchdogSeconds).toBe(1800);
  expect(() => readConfig({ ...complete, WATCHDOG_SECONDS: '1801' })).toThrow('WATCHDOG_SECONDS');
});

test('a reference to a secret that was not resolved is rejected by the name of its setting, not taken for the secret', () => {
  const reference = '@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/s/)';
  for (const name of ['PARTNER_CENTER_CLIENT_SECRET', 'REQUESTERS', 'ServiceBusConnection', 'AzureWebJobsStorage']) {
    const read = () => readConfig({ ...complete, [name]: reference });
    expect(read).toThrow(`${name}: is a reference that was not resolved`);
    expect(read).not.toThrow('vault.example');
  }
});

test.each([
  SECRET.replace(/=$/, ''),
  `${SECRET}=`,
  SECRET.replace('B', '*'),
  SECRET.replace('whsec_', ''),
  `${SECRET} `,
])('a signing key in anything but strict base64 is rejected: %s', (secret) => {
  const [only] = JSON.parse(complete.REQUESTERS);
  const REQUESTERS = JSON.stringify([{ ...only, signingKeys: [{ secret }] }]);
  expect(() => readConfig({ ...complete, REQUESTERS })).toThrow('whsec_ and base64');
});

test('the pauses of an outage are a list of seconds', () => {
  expect(readConfig({ ...complete, OUTAGE_PAUSES_SECONDS: '1,2,30' }).settings.outagePausesSeconds).toEqual([1, 2, 30]);
  expect(() => readConfig({ ...complete, OUTAGE_PAUSES_SECONDS: '1,soon' })).toThrow('OUTAGE_PAUSES_SECONDS');
});

test('a key that signs snapshots is long, and may be left out', () => {
  expect(readConfig(complete).snapshotKey).toBeUndefined();
  expect(readConfig({ ...complete, SNAPSHOT_KEY: 'k'.repeat(32) }).snapshotKey).toBe('k'.repeat(32));
  expect(() => readConfig({ ...complete, SNAPSHOT_KEY: 'short' })).toThrow(/SNAPSHOT_KEY: .*32/);
});
