import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { expect, test } from '@jest/globals';
import { toInput } from '#service-bus/convert';

type BodyType = 'data' | 'value' | 'sequence';

const received = (body: unknown, bodyType: BodyType): ServiceBusReceivedMessage => ({
  body,
  state: 'active',
  _rawAmqpMessage: { body, bodyType },
});

test('several data sections reach a function as one body', () => {
  const message = received([Buffer.from('{"a":'), Buffer.from('1}')], 'data');
  expect(toInput(message, 'binary')).toEqual({ bytes: Buffer.from('{"a":1}') });
  expect(toInput(message, undefined)).toEqual({ string: '{"a":1}' });
});

test.each<[string, unknown, BodyType]>([
  ['a list of bytes', [Buffer.from('a')], 'value'],
  ['a sequence', [[1]], 'sequence'],
  ['a number', 7, 'value'],
  ['nothing', null, 'value'],
])('%s is neither bytes nor text', (_, body, bodyType) => {
  expect(() => toInput(received(body, bodyType), 'binary')).toThrow('neither bytes nor text');
});
