import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import rhea from 'rhea';
import { AmqpError } from '#amqp/amqp-error';
import { decode } from '#amqp/reader';
import { Units } from '#amqp/units';
import { AmqpMap, type Decoded, Described, described, int, long, symbol, timestamp, uint, ulong } from '#amqp/value';
import { encode } from '#amqp/writer';
import { encodeContent, parseMessage, withApplicationProperties } from '#messages/content';

/** Values that rhea itself encodes exactly; it has no -0. */
const properties = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 300 }).filter((name) => name !== '__proto__'),
  fc.oneof(
    fc.string({ maxLength: 300 }),
    fc.boolean(),
    fc.integer({ min: -1_000_000 }),
    fc.double({ min: -1_000_000, max: 1_000_000, noNaN: true }).map((number) => number + 0),
  ),
  { maxKeys: 20 },
);

/** A message as rhea, the library under Microsoft's SDK, encodes it. */
function encodedByRhea(message: rhea.Message): Buffer {
  return rhea.message.encode(message);
}

test('what rhea encodes is read as it was meant, and rhea reads our encoding of it the same', () => {
  fc.assert(
    fc.property(properties, fc.string({ maxLength: 1_000 }), fc.uuid(), (application_properties, body, message_id) => {
      const bytes = encodedByRhea({ message_id, group_id: 'session', ttl: 5_000, application_properties, body });
      const { content } = parseMessage(bytes);
      expect(content).toMatchObject({ messageId: message_id, sessionId: 'session', ttl: 5_000 });
      const again = rhea.message.decode(encodeContent(content));
      const original = rhea.message.decode(bytes);
      expect(again.application_properties).toEqual(original.application_properties);
      expect(again.body).toEqual(original.body);
      expect(again.message_id).toBe(message_id);
      // Everything behind header and annotations is kept byte for byte.
      expect(bytes.includes(content.rest)).toBe(true);
    }),
  );
});

test('changed application properties reach rhea, and the others keep their exact bytes', () => {
  fc.assert(
    fc.property(properties, fc.string(), (application_properties, added) => {
      const { content } = parseMessage(encodedByRhea({ message_id: 'm', application_properties, body: 'b' }));
      const changed = withApplicationProperties(content, new Map([['added', encode(added)]]));
      const decoded = rhea.message.decode(encodeContent(changed));
      expect(decoded.application_properties).toEqual({
        ...decoded.application_properties,
        ...application_properties,
        added,
      });
      expect(decoded.body).toBe('b');
    }),
  );
});

test.each<[string, Parameters<typeof encode>[0], Decoded]>([
  ['null', null, null],
  ['a small uint', uint(200), 200],
  ['a large uint', uint(4_294_967_295), 4_294_967_295],
  ['an ulong', ulong(Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER],
  ['a negative int', int(-5), -5],
  ['a negative long', long(-5_000_000_000), -5_000_000_000],
  ['a timestamp', timestamp(1_700_000_000_123), 1_700_000_000_123],
  ['a long text', 'x'.repeat(300), 'x'.repeat(300)],
  ['a symbol', symbol('sym'), 'sym'],
  ['binary', Buffer.from([1, 2]), Buffer.from([1, 2])],
  ['a list', ['a', [true, false]], ['a', [true, false]]],
  ['an array', { type: 'array', of: 'long', values: [1, -1] }, [1, -1]],
  ['a described list', described(0x24, []), new Described(0x24, [])],
])('%s is written and read back', (_, value, wanted) => {
  expect(decode(encode(value))).toEqual(wanted);
});

test('a map is read with its pairs still encoded beside it', () => {
  const map = decode(encode(new Map([['a', long(1)]])));
  if (!(map instanceof AmqpMap)) throw new Error('no map');
  expect([...map]).toEqual([['a', 1]]);
  expect(map.pairs).toEqual(Buffer.concat([encode('a'), encode(long(1))]));
});

test('whatever bytes come, reading ends in a value or in an AMQP error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const read of [decode, parseMessage]) {
        try {
          read(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(AmqpError);
        }
      }
    }),
    { numRuns: 2_000 },
  );
});

test('a stream is cut into the same units, however it is chopped', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 8, max: 300 }), { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 500 })),
      (sizes, cuts) => {
        const stream = Buffer.concat(sizes.map((size, index) => unit(size, index)));
        const units = new Units((head) => head.readUInt32BE(0));
        const found: Buffer[] = [];
        let at = 0;
        for (const cut of [...cuts, stream.length]) {
          found.push(...[...units.feed(stream.subarray(at, at + cut))].map((bytes) => Buffer.from(bytes)));
          at += cut;
        }
        expect(found).toEqual(sizes.map((size, index) => unit(size, index)));
      },
    ),
  );
});

function unit(size: number, fill: number): Buffer {
  const bytes = Buffer.alloc(size, fill);
  bytes.writeUInt32BE(size, 0);
  return bytes;
}
