import * as fc from 'fast-check';
import { settingsSchema } from '#model/settings';
import { routes } from '#routes';

/** A call that no sensible client makes. */
interface OddCall {
  readonly method: string;
  /** With its query, as it goes into the request line. */
  readonly address: string;
  /** A whole header line, or nothing. */
  readonly header: string;
  readonly body: Buffer;
}

const ODD_WORDS =
  '% %00 %2F .. __proto__ constructor -1 0 1e999 null true é 😀 2024-01-01 onetime Software DE EUR'.split(' ');
/** Any code point but the surrogates; `fc.string({ unit: 'binary' })` would need a second to build its table of them. */
const codePoint = fc.oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }));
const anyText = fc.array(codePoint, { maxLength: 12 }).map((points) => String.fromCodePoint(...points));
const odd = fc.oneof(fc.constantFrom('', ' ', ...ODD_WORDS), anyText);

const NAMES = [
  'lineItems catalogItemId quantity billingCycle addonItems provisioningContext participants targetItems productId id',
  'inventoryContext status webhookUrl webhookEvents now kind filter field value size offset seekOperation country',
  'targetView provider invoiceLineItemType currencyCode period startDate endDate type qualification __proto__ order_id',
].flatMap((line) => line.split(' '));
const name = fc.constantFrom(...NAMES);

const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    fc.oneof(odd, fc.integer(), fc.double(), fc.boolean(), fc.constant(null)),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.array(fc.tuple(name, tie('tree')), { maxLength: 4 }).map((members) => Object.fromEntries(members)),
  ),
}));

/** Valid bodies, one member of which is then replaced. */
const VALID_BODIES = [
  { lineItems: [{ catalogItemId: 'MS-AZR-0145P', quantity: 1, billingCycle: 'monthly' }] },
  { targetItems: [{ productId: 'DZH318Z0RST1' }], inventoryContext: { customerId: 'x' } },
  { status: 'cancelled', lineItems: [{ lineItemNumber: 0 }] },
  { webhookUrl: 'http://127.0.0.1:1/', webhookEvents: ['test-created'] },
  { qualification: 'education' },
];
const spoiled = fc
  .record({ valid: fc.constantFrom(...VALID_BODIES), name, value: tree, inLine: fc.boolean() })
  .map(({ valid, inLine, ...one }) => {
    const change = { [one.name]: one.value };
    if (!inLine || !valid.lineItems) return { ...valid, ...change };
    return { ...valid, lineItems: valid.lineItems.map((line) => ({ ...line, ...change })) };
  });
const body = fc.oneof(
  { arbitrary: spoiled.map((value) => Buffer.from(JSON.stringify(value))), weight: 4 },
  { arbitrary: tree.map((value) => Buffer.from(JSON.stringify(value))), weight: 2 },
  { arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)), weight: 1 },
  { arbitrary: fc.webQueryParameters().map((form) => Buffer.from(`grant_type=refresh_token&${form}`)), weight: 1 },
);

const imitated = routes(settingsSchema.parse({})).filter(({ path }) => !/faults|reset/.test(path));
const rarely = <T>(rare: fc.Arbitrary<T>, usual: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: usual, weight: 5 }, { arbitrary: rare, weight: 1 });

/**
 * Mostly calls of the sandbox's own routes, with `known` values for the parameters of their paths, in which something is
 * odd; sometimes of any path. None of them asks for a fault or a reset.
 */
export function oddCalls(known: Readonly<Record<string, string>>): fc.Arbitrary<OddCall> {
  const filled = ({ path, method }: (typeof imitated)[number]) => {
    const parts = path.split('/').map((part) => {
      const value = known[part.slice(1, -1)];
      return part.startsWith('{') ? rarely(odd, fc.constant(value ?? 'none')) : fc.constant(part);
    });
    return fc.tuple(...parts).map((texts) => ({ method, path: texts }));
  };
  const anywhere = fc.record({ method: fc.constant('GET'), path: fc.array(odd, { maxLength: 6 }) });
  const otherMethod = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PURGE', 'get', '');
  return fc
    .record({
      target: rarely(anywhere, fc.constantFrom(...imitated).chain(filled)),
      otherMethod: rarely(otherMethod, fc.constant(undefined)),
      query: fc.array(fc.tuple(name, odd), { maxLength: 5 }),
      isRaw: rarely(fc.constant(true), fc.constant(false)),
      header: fc.constantFrom(
        '',
        'MS-RequestId: \xe9\r\n',
        'MS-ContinuationToken: Og==\r\n',
        'Authorization: Bearer a.b\r\n',
      ),
      body,
    })
    .map(({ target, query, isRaw, ...call }) => {
      const write = isRaw ? (text: string): string => text : encodeURIComponent;
      const asked = query.map(([key, value]) => `${key}=${write(value)}`).join('&');
      const address = `${target.path.map(write).join('/')}?${asked}`;
      return { method: call.otherMethod ?? target.method, address, header: call.header, body: call.body };
    });
}
