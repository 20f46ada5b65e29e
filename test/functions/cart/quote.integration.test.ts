import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { aRequest } from '#test/support/builders';
import { Machine } from '#test/support/machine';
import { threeLines } from '#test/support/requests';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox(['--order-delay-seconds', '0']);
});
afterAll(() => sandbox.stop());

test('the total of a dry run, sent along as a quote, buys at that total', async () => {
  const dry = await new Machine(sandbox).buy(aRequest(threeLines.lines, { dryRun: true }));
  const [quote] = dry.stored.purchase.cart?.totals ?? [];
  expect(quote).toMatchObject({ currency: 'EUR', value: expect.stringMatching(/^\d+(\.\d+)?$/) });
  const bought = await new Machine(sandbox).buy(aRequest(threeLines.lines, { quote }));
  expect(bought.stored.purchase.status).toBe('completed');
  const cheaper = await new Machine(sandbox).buy(aRequest(threeLines.lines, { quote: { ...quote, value: '1.00' } }));
  expect(cheaper.stored.purchase).toMatchObject({ status: 'rejected', reason: { code: 'quote-differs' } });
});
