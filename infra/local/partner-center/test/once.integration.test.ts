import { eventually } from '@cartage/stack/eventually';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { z } from 'zod';
import { TestSandbox } from './support/sandbox';
import type { Shopper } from './support/shopper';

let sandbox: TestSandbox;
let shopper: Shopper;
beforeAll(async () => {
  sandbox = await TestSandbox.start();
  shopper = sandbox.shopper();
});
afterAll(() => sandbox.stop());

const fault = fc.constantFrom(
  { kind: 'lost-answer' },
  { kind: 'reset-before' },
  { kind: 'late-effect', seconds: 0.01 },
  { kind: 'error', status: 500, code: 800005, effect: true },
  { kind: 'error', status: 500, code: 800005 },
  { kind: 'error', status: 409, code: 800060, effect: true },
  { kind: 'truncated' },
  { kind: 'html', effect: true },
  { kind: 'order-error', group: '0' },
  { kind: 'order-error', group: '1', code: 800031 },
  { kind: 'delay', seconds: 0.005 },
);
/** A checkout under one of three request ids, struck by a fault or not. */
const attempt = fc.record({ requestId: fc.constantFrom('a', 'b', 'c'), fault: fc.option(fault) });

const entriesSchema = z.object({ orders: z.array(z.object({ orderGroup: z.string(), orderId: z.string() })) });
const ledgerOf = async (cartId: string) =>
  entriesSchema.parse((await shopper.control('GET', `/ledger?cartId=${cartId}`)).body).orders;
const resultSchema = z.object({ orders: z.array(z.looseObject({ id: z.string() })) });

/** Checks out and ignores what goes wrong: a broken connection, a broken body, an error. */
const tryCheckout = async (cartId: string, requestId: string): Promise<void> => {
  await shopper.checkout(cartId, { 'MS-RequestId': `${cartId} ${requestId}` }).catch(() => undefined);
};

test('whatever strikes a checkout, and however often it is repeated, a group is ordered once', async () => {
  const lines = [
    await shopper.line('DG7GMGF0D5P1', '0001'),
    await shopper.line('DZH318Z0CSA1', '0001', { billingCycle: 'monthly', termDuration: 'P1M' }),
  ];
  await fc.assert(
    fc.asyncProperty(fc.array(attempt, { minLength: 1, maxLength: 6 }), fc.boolean(), async (attempts, atOnce) => {
      const { id } = await shopper.createCart(lines);
      const running: Promise<void>[] = [];
      for (const { requestId, fault: struck } of attempts) {
        if (struck) await shopper.control('POST', '/faults', { ...struck, route: 'checkout' });
        const checkout = tryCheckout(id, requestId);
        if (atOnce) running.push(checkout);
        else await checkout;
      }
      await Promise.all(running);
      await shopper.control('DELETE', '/faults');
      const final = `${id} final`;
      const isFree = async () => (await shopper.checkout(id, { 'MS-RequestId': final })).status !== 409;
      await eventually('the cart is free', isFree);
      const answer = await shopper.checkout(id, { 'MS-RequestId': final });
      const ledger = await ledgerOf(id);
      expect(ledger.map((order) => order.orderGroup).toSorted()).toEqual(['0', '1']);
      expect(
        resultSchema
          .parse(answer.body)
          .orders.map((order) => order.id)
          .toSorted(),
      ).toEqual(ledger.map((order) => order.orderId).toSorted());
      expect((await shopper.ofCustomer('GET', `/carts/${id}`)).body).toMatchObject({ status: 'Ordered' });
    }),
    { numRuns: 80 },
  );
});
