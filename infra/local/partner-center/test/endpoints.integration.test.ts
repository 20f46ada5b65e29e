import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { FABRIKAM_AZURE, READS, WRITES } from './support/endpoint-table';
import { TestSandbox } from './support/sandbox';
import { FABRIKAM, type Shopper } from './support/shopper';

/** Every endpoint that the sandbox imitates, called once: its documented status, shape and kind of token. */

let sandbox: TestSandbox;
let shopper: Shopper;
/** Values for the names in the table's paths. */
let known: Readonly<Record<string, string>>;
beforeAll(async () => {
  sandbox = await TestSandbox.start();
  shopper = sandbox.shopper(FABRIKAM);
  known = await buyEverything();
});
afterAll(() => sandbox.stop());

const monthly = { billingCycle: 'monthly', termDuration: 'P1M' };
const orderSchema = z.object({ orders: z.array(z.object({ id: z.string() })) });
const linksSchema = z.object({
  items: z.array(z.object({ entitledArtifacts: z.array(z.object({ link: z.object({ uri: z.string() }) })) })),
});

async function buyEverything(): Promise<Readonly<Record<string, string>>> {
  const reserved = { termDuration: 'P1Y', provisioningContext: { subscriptionId: FABRIKAM_AZURE, scope: 'shared' } };
  const [software, reservation, saas] = [
    await shopper.line('DG7GMGF0D5P1', '0001'),
    await shopper.line('DZH318Z0RVM1', '00B1', reserved),
    await shopper.line('DZH318Z0CSA1', '0001', monthly),
  ];
  const bought = await shopper.createCart([reservation, saas]);
  const { orders } = orderSchema.parse((await shopper.checkout(bought.id)).body);
  const cancelled = await shopper.createCart([software]);
  const [first] = orderSchema.parse((await shopper.checkout(cancelled.id)).body).orders;
  await shopper.call('POST', '/webhooks/v1/registration', {
    body: { WebhookUrl: 'http://127.0.0.1:1/', WebhookEvents: ['test-created'] },
  });
  await shopper.call('POST', '/webhooks/v1/registration/validationEvents', { headers: { 'MS-CorrelationId': 'test' } });
  await shopper.control('POST', `/customers/${FABRIKAM}`, { validationStatus: 'Allowed' });
  const details = async (entitlementType: string): Promise<string> => {
    const asked = `/entitlements?entitlementType=${entitlementType}`;
    const { items } = linksSchema.parse((await shopper.ofCustomer('GET', asked, { kind: 'user' })).body);
    return items[0]?.entitledArtifacts[0]?.link.uri ?? '';
  };
  return {
    cid: FABRIKAM,
    aid: (await shopper.catalogItemId('CFQ7TTC0LH18', '0001')).split(':')[2] ?? '',
    cart: (await shopper.createCart([software])).id,
    reservationOrder: orders[0]?.id ?? '',
    saasOrder: orders[1]?.id ?? '',
    softwareOrder: first?.id ?? '',
    details: await details('reservedinstance'),
    oldDetails: await details('virtualmachinereservedinstance'),
  };
}

const address = (path: string): string => {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => known[name] ?? name);
  return filled.startsWith('/webhooks/') ? filled : `/v1${filled}`;
};

test.each(READS)('%s (%s token): GET %s', async (_, kinds, path, body) => {
  const asUser = await shopper.call('GET', address(path), { kind: 'user' });
  expect(asUser).toMatchObject({ status: 200, body });
  const asApp = await shopper.call('GET', address(path));
  expect(asApp).toMatchObject(kinds === 'any' ? { status: 200, body } : { status: 403, body: { code: 900329 } });
});

test.each(WRITES)('%s (%s token): %s %s', async (_, kinds, method, path, body, answer) => {
  const kind = kinds === 'any' ? 'app' : 'user';
  expect(await shopper.call(method, address(path), { kind, body })).toMatchObject(answer);
});

test('an app-only token is refused where a user is needed for a write, too', async () => {
  const answer = await shopper.ofCustomer('POST', '/qualifications', { body: { Qualification: 'Education' } });
  expect(answer).toMatchObject({ status: 403, body: { code: 900329 } });
});
