import { createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { matchSigner, type SignatureHeaders, type Signer } from '#functions/intake/match-signer';
import { aRequester, NOW, SECRET } from '#test/support/builders';

const body = Buffer.from('{"a":1}');
const ID = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W';

function signed(content: Uint8Array, id = ID, at: Date = NOW, secret = SECRET): SignatureHeaders {
  const timestamp = `${Math.floor(at.getTime() / 1000)}`;
  const key = Buffer.from(secret.slice(6), 'base64');
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(content).digest('base64');
  return { id, timestamp, signature: `v1,${mac}` };
}

const idOf = (signer: Signer) => (signer.kind === 'requester' ? signer.requester.id : undefined);
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

test('a body signed by the Standard Webhooks library names its requester and request id', () => {
  const signature = new Webhook(SECRET).sign(ID, NOW, body.toString());
  const timestamp = `${NOW.getTime() / 1000}`;
  expect(matchSigner({ id: ID, timestamp, signature }, body, [aRequester()], NOW)).toMatchObject({ requestId: ID });
});

test('among several requesters the one whose key signed is found', () => {
  const other = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
  const all = [aRequester(), aRequester({ id: 'fabrikam-crm', signingKeys: [{ secret: other }] })];
  expect(idOf(matchSigner(signed(body, ID, NOW, other), body, all, NOW))).toBe('fabrikam-crm');
});

test('one good signature among several is enough, so that a sender can rotate its key', () => {
  const good = signed(body);
  const signature = `v1,${Buffer.alloc(32).toString('base64')} ${good.signature}`;
  expect(idOf(matchSigner({ ...good, signature }, body, [aRequester()], NOW))).toBe('contoso-crm');
});

test('a key counts only between its not-before and its not-after', () => {
  const key = { secret: SECRET, notBefore: later(-60).toISOString(), notAfter: later(60).toISOString() };
  const requesters = [aRequester({ signingKeys: [key] })];
  expect(idOf(matchSigner(signed(body), body, requesters, NOW))).toBe('contoso-crm');
  expect(idOf(matchSigner(signed(body, ID, later(-120)), body, requesters, later(-120)))).toBeUndefined();
  expect(idOf(matchSigner(signed(body, ID, later(120)), body, requesters, later(120)))).toBeUndefined();
});

const timestamps = [' 1772359200', '1772359200.0', '0x69a4', '1.7e9', '-1', '', '99999999999999999999', 'NaN'];
const ids = ['', `${ID}.x`, 'x'.repeat(257), 'msg 12345', 'msg_12345, msg_12345', 'msg_ä', 'msg\u0000'];

test.each<[string, SignatureHeaders, Buffer]>([
  ['no headers', { id: undefined, timestamp: undefined, signature: undefined }, body],
  ['no id', { ...signed(body), id: undefined }, body],
  ['no timestamp', { ...signed(body), timestamp: undefined }, body],
  ['no signature', { ...signed(body), signature: undefined }, body],
  ['another body', signed(body), Buffer.from('{"a":2}')],
  ['a newline more', signed(body), Buffer.from('{"a":1}\n')],
  ['another id', { ...signed(body), id: `${ID}x` }, body],
  ['another key', signed(body, ID, NOW, `whsec_${Buffer.alloc(32, 8).toString('base64')}`), body],
  ['301 seconds old', signed(body, ID, later(-301)), body],
  ['301 seconds ahead', signed(body, ID, later(301)), body],
  ['an asymmetric scheme', { ...signed(body), signature: signed(body).signature?.replace('v1,', 'v1a,') }, body],
  ['an empty signature', { ...signed(body), signature: 'v1,' }, body],
  ['six signatures', { ...signed(body), signature: Array(6).fill(signed(body).signature).join(' ') }, body],
  ['a very long header', { ...signed(body), signature: `${signed(body).signature} v1,${'A'.repeat(2000)}` }, body],
  ...timestamps.map((timestamp): [string, SignatureHeaders, Buffer] => [
    `timestamp "${timestamp}"`,
    { ...signed(body), timestamp },
    body,
  ]),
  ...ids.map((id): [string, SignatureHeaders, Buffer] => [`id "${id}"`, signed(body, id), body]),
])('nobody signed a webhook with %s', (_what, headers, content) => {
  expect(idOf(matchSigner(headers, content, [aRequester()], NOW))).toBeUndefined();
});

test.each(['a', 'short', 'a/b/c/d/e', 'order:42', '{4711}', 'x'.repeat(256)])(
  'the id "%s" is accepted, as the specification allows it',
  (id) => {
    expect(matchSigner(signed(body, id), body, [aRequester()], NOW)).toMatchObject({ requestId: id });
  },
);

test('who has signed learns what is wrong with the id, a stranger does not', () => {
  const headers = signed(body, 'msg 12345');
  expect(matchSigner(headers, body, [aRequester()], NOW)).toMatchObject({
    kind: 'malformed-id',
    rule: expect.stringContaining('1 to 256'),
  });
  const stranger = { ...headers, signature: `v1,${Buffer.alloc(32).toString('base64')}` };
  expect(matchSigner(stranger, body, [aRequester()], NOW)).toEqual({
    kind: 'unknown',
    why: 'no key of any requester fits the signature',
  });
});

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

test.each([
  ['without padding', (mac: string) => mac.slice(0, -1)],
  ['with garbage behind it', (mac: string) => `${mac}!!`],
  ['with garbage in it', (mac: string) => `${mac.slice(0, 4)}*${mac.slice(4)}`],
  ['in the alphabet of URLs', (mac: string) => mac.replaceAll('+', '-').replaceAll('/', '_').replace('=', '')],
  [
    'with a bit that counts for nothing',
    (mac: string) => `${mac.slice(0, -2)}${ALPHABET[ALPHABET.indexOf(mac.charAt(42)) + 1]}=`,
  ],
])('a signature %s is none: base64 is one text for the same bytes', (_what, change) => {
  const headers = signed(body);
  const mac = headers.signature?.slice(3) ?? '';
  expect(idOf(matchSigner({ ...headers, signature: `v1,${change(mac)}` }, body, [aRequester()], NOW))).toBeUndefined();
});

test('a caller may allow a signature to be older, but never from the future', () => {
  const days = 24 * 60 * 60;
  const at = (seconds: number) =>
    matchSigner(signed(body, ID, later(seconds)), body, [aRequester()], NOW, 30 * days).kind;
  expect([at(-20 * 60), at(-30 * days), at(-30 * days - 1), at(301)]).toEqual([
    'requester',
    'requester',
    'unknown',
    'unknown',
  ]);
});

test('an id with a dot could move bytes between id and body, so it is rejected although its signature fits', () => {
  const moved = `${ID}.1772359200`;
  expect(idOf(matchSigner(signed(body, moved), body, [aRequester()], NOW))).toBeUndefined();
});

test('no single bit of a signed message can be turned without losing its signer', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(bytes, fc.nat(), fc.nat(7), (content, place, bit) => {
      const flip = (whole: Uint8Array) =>
        whole.map((byte, at) => (at === place % whole.length ? byte ^ (1 << bit) : byte));
      const flipText = (text = '') => Buffer.from(flip(Buffer.from(text))).toString();
      const headers = signed(content);
      const mac = Buffer.from(headers.signature?.slice(3) ?? '', 'base64');
      const signature = `v1,${Buffer.from(flip(mac)).toString('base64')}`;
      const requesterOf = (changed: Partial<SignatureHeaders>, altered = content) =>
        idOf(matchSigner({ ...headers, ...changed }, altered, [aRequester()], NOW));
      expect(requesterOf({})).toBe('contoso-crm');
      expect(requesterOf({}, flip(content))).toBeUndefined();
      expect(requesterOf({ signature })).toBeUndefined();
      expect(requesterOf({ id: flipText(headers.id) })).toBeUndefined();
      expect(requesterOf({ timestamp: flipText(headers.timestamp) })).toBeUndefined();
    }),
  );
});
