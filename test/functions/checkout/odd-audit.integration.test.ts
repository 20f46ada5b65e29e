import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { purchaseRequest } from '#shared/domain/purchase-request';
import { Machine } from '#test/support/machine';
import { oneLine } from '#test/support/requests';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';
import { withLedger } from '#test/proof/ending';

/** A checkout whose answer is lost is settled by what Partner Center knows, however odd its records are. */

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox(['--order-delay-seconds', '0', '--list-lag-seconds', '0']);
});
afterEach(async () => {
  await sandbox.reset();
  await sandbox.clearFaults();
});
afterAll(() => sandbox.stop());

test.each<[string, object]>([
  ['has no id, as in the example of its page', { at: 'items.0.id' }],
  ['has a date that is none', { at: 'items.0.operationDate', value: 'yesterday' }],
  ['is no record at all', { at: 'items.0', value: 'odd' }],
])(
  'an audit record that %s leaves the bought order to be found, and nothing is bought twice',
  async (_what, change) => {
    await sandbox.control('/sandbox/faults', [
      { kind: 'lost-answer', route: 'checkout' },
      { kind: 'change-answer', route: 'listAuditRecords', times: 100, ...change },
    ]);
    const machine = new Machine(sandbox);
    const ending = await machine.buy(purchaseRequest.parse(oneLine('DG7GMGF0D5P1', '0001')));
    const { stored, groups } = await withLedger(sandbox, ending);
    expect(stored.purchase).toMatchObject({ status: 'completed', orders: [{ status: 'completed' }] });
    expect(groups).toEqual(['0']);
  },
);
