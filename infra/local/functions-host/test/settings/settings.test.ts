import { expect, test } from '@jest/globals';
import { createSettings } from '#settings/settings';

test('a connection is a string, or a namespace to reach with an identity; the prefixed name goes first', () => {
  const settings = createSettings({
    Plain: 'Endpoint=sb://a',
    AzureWebJobsBoth: 'Endpoint=sb://prefixed',
    Both: 'Endpoint=sb://plain',
    Identity__fullyQualifiedNamespace: 'a.servicebus.windows.net',
    Identity__clientId: 'c-1',
    Empty: '',
  });
  expect(settings.connection('plain', 'f')).toEqual({ kind: 'connectionString', value: 'Endpoint=sb://a' });
  expect(settings.connection('Both', 'f')).toEqual({ kind: 'connectionString', value: 'Endpoint=sb://prefixed' });
  expect(settings.connection('Identity', 'f')).toEqual({
    kind: 'identity',
    fullyQualifiedNamespace: 'a.servicebus.windows.net',
    clientId: 'c-1',
  });
  expect(() => settings.connection('Empty', 'Function f')).toThrow('Function f needs the connection "Empty"');
});

test('settings are found whatever the case of their names', () => {
  const settings = createSettings({ QUEUE: 'q', 'AzureWebJobs.f.Disabled': '1', AzureWebJobs__g__Disabled: 'true' });
  expect(settings.expand('%Queue%/x/%queue%', 'f')).toBe('q/x/q');
  expect(settings.isDisabled('f')).toBe(true);
  expect(settings.isDisabled('other')).toBe(false);
});
