import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createTokens } from '#shared/partner-center/auth/tokens';
import { createTransport } from '#shared/partner-center/http/create-transport';
import type { Call } from '#shared/partner-center/http/request';
import type { Transport } from '#shared/partner-center/http/transport';
import { listAuditRecords } from '#shared/partner-center/resources/audit-records';
import { createCart, getCart } from '#shared/partner-center/resources/carts';
import { listAvailabilities, listProducts, listSkus } from '#shared/partner-center/resources/catalogue';
import { getCustomer, listCustomers } from '#shared/partner-center/resources/customers';
import { listEntitlements } from '#shared/partner-center/resources/entitlements';
import {
  downloadStatement,
  getInvoice,
  getInvoiceSummary,
  listInvoices,
} from '#shared/partner-center/resources/invoices';
import { getOrder, getProvisioningStatus, listOrders } from '#shared/partner-center/resources/orders';
import { first } from '#test/shared/partner-center/documented-answers';

/*
 * The same client against Microsoft's integration sandbox: an account of its own, where nothing is billed. It runs when
 * these variables are set, and is skipped, visibly, when they are not. Nothing is checked out; one cart is left to expire.
 */
const NAMES = {
  tenantId: 'CONTRACT_TENANT_ID',
  clientId: 'CONTRACT_CLIENT_ID',
  clientSecret: 'CONTRACT_CLIENT_SECRET',
  refreshToken: 'CONTRACT_REFRESH_TOKEN',
} as const;

const given = {
  tenantId: process.env[NAMES.tenantId],
  clientId: process.env[NAMES.clientId],
  clientSecret: process.env[NAMES.clientSecret],
  refreshToken: process.env[NAMES.refreshToken],
};
const isGiven = Object.values(given).every((value) => value !== undefined && value !== '');
const apiRoot = process.env['CONTRACT_API_ROOT'] ?? 'https://api.partnercenter.microsoft.com';

(isGiven ? describe : describe.skip)(
  `Microsoft's integration sandbox (needs ${Object.values(NAMES).join(', ')})`,
  () => {
    let pc: Transport;
    let customerId: string;

    beforeAll(async () => {
      const secrets = new Map([
        ['secret', given.clientSecret ?? ''],
        ['refresh', given.refreshToken ?? ''],
      ]);
      const tokens = createTokens({
        authorityHost: process.env['CONTRACT_AUTHORITY_HOST'] ?? 'https://login.microsoftonline.com',
        authorityRoute: process.env['CONTRACT_AUTHORITY_ROUTE'],
        tenantId: given.tenantId ?? '',
        audience: process.env['CONTRACT_AUDIENCE'] ?? 'https://api.partnercenter.microsoft.com',
        clientId: given.clientId ?? '',
        clientSecretName: 'secret',
        refreshTokenName: 'refresh',
        secrets: {
          get: (name) => Promise.resolve(secrets.get(name) ?? ''),
          set: async (name, value) => {
            secrets.set(name, value);
          },
        },
      });
      pc = createTransport({ apiRoot, tokens, applicationName: 'Cartage contract tests' });
      const [customer] = await first(listCustomers(pc, {}, aCall()), 1);
      if (customer === undefined) throw new Error('the sandbox account has no customer');
      customerId = customer.id;
    });

    test('a customer has a country and is a reseller customer', async () => {
      const customer = await getCustomer(pc, customerId, aCall());
      expect(customer.country).toMatch(/^[A-Z]{2}$/);
      expect(customer.relationshipToPartner).toBe('reseller');
    });

    test('the catalogue leads to a cart', async () => {
      const scope = { kind: 'customer', customerId } as const;
      const products = await listProducts(pc, scope, 'OnlineServices', {}, aCall());
      const product = products.find(({ productType }) => productType?.id === 'OnlineServicesNCE');
      const [sku] = await listSkus(pc, scope, product?.id ?? '', {}, aCall());
      const availabilities = await listAvailabilities(pc, scope, sku?.productId ?? '', sku?.id ?? '', {}, aCall());
      const availability = availabilities.find(({ isPurchasable }) => isPurchasable);
      const term = availability?.terms[0];
      const line = {
        catalogItemId: availability?.catalogItemId ?? '',
        quantity: sku?.minimumQuantity ?? 1,
        billingCycle: term?.billingCycle ?? 'monthly',
        termDuration: term?.duration,
      };
      const cart = await createCart(pc, customerId, { lineItems: [line] }, aCall());
      expect(cart.lineItems).toHaveLength(1);
      expect((await getCart(pc, customerId, cart.id, aCall())).id).toBe(cart.id);
    });

    test('orders are read, with what became of them', async () => {
      for (const { id } of (await listOrders(pc, customerId, {}, aCall())).slice(0, 3)) {
        expect((await getOrder(pc, customerId, id, { includePrice: true }, aCall())).id).toBe(id);
        expect(await getProvisioningStatus(pc, customerId, id, aCall())).toBeInstanceOf(Array);
      }
      expect(await listEntitlements(pc, customerId, {}, aCall())).toBeInstanceOf(Array);
    });

    test('an invoice is read and its statement is a PDF', async () => {
      expect((await getInvoiceSummary(pc, aCall())).currencyCode).toMatch(/^[A-Z]{3}$/);
      for (const { id } of await first(listInvoices(pc, {}, aCall()), 1)) {
        expect((await getInvoice(pc, id, aCall())).id).toBe(id);
        const { body } = await downloadStatement(pc, id, aCall());
        let head = '';
        for await (const chunk of body) head = (head + chunk.toString('latin1')).slice(0, 5);
        expect(head).toBe('%PDF-');
      }
    });

    test('audit records are there', async () => {
      const startDate = new Date(Date.now() - 86_400_000 * 30).toISOString().slice(0, 10);
      await expect(first(listAuditRecords(pc, { startDate }, aCall()), 5)).resolves.toBeInstanceOf(Array);
    });
  },
);

function aCall(): Call {
  return { requestId: randomUUID(), correlationId: randomUUID() };
}
