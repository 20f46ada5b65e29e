import { issueInvoicesNow } from '#billing/issue-invoices';
import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import type { Settings } from '#model/settings';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { moveClock, readClock } from './clock';
import { changeCustomer } from './customers';
import { addFaults, clearFaults, listFaults } from './faults';
import { ledger } from './ledger';
import { changeOrder } from './orders';
import { reset } from './reset';
import { changeSettings, readSettings } from './settings';
import { startPage } from './start-page';

/** The sandbox's own endpoints: no token, no faults, not counted. `started` are the settings of the command line. */
export const controlRoutes = (started: Settings): readonly Route[] => [
  control('startPage', 'GET', '/', startPage),
  control('health', 'GET', '/health', () => json({ status: 'healthy' })),
  control('ledger', 'GET', '/sandbox/ledger', ledger),
  control('calls', 'GET', '/sandbox/calls', (_, context) => json(context.counts.report())),
  control('reset', 'POST', '/sandbox/reset', (_, context) => reset(context, started)),
  control('addFaults', 'POST', '/sandbox/faults', addFaults),
  control('listFaults', 'GET', '/sandbox/faults', listFaults),
  control('clearFaults', 'DELETE', '/sandbox/faults', clearFaults),
  control('clock', 'GET', '/sandbox/clock', readClock),
  control('moveClock', 'POST', '/sandbox/clock', moveClock),
  control('settings', 'GET', '/sandbox/settings', readSettings),
  control('changeSettings', 'POST', '/sandbox/settings', changeSettings),
  control('changeCustomer', 'POST', '/sandbox/customers/{customerId}', changeCustomer),
  control('changeOrder', 'POST', '/sandbox/orders/{orderId}', changeOrder),
  control('issueInvoices', 'POST', '/sandbox/invoices', issueInvoices),
  control('certificate', 'GET', '/sandbox/certificates/leaf.cer', (_, { certificates }) => pem(certificates.leafPem())),
  control('rootCertificate', 'GET', '/sandbox/certificates/root.pem', (_, { certificates }) =>
    pem(certificates.rootPem()),
  ),
];

const control = (name: string, method: string, path: string, answer: Route['answer']): Route => ({
  name,
  method,
  path,
  access: 'control',
  answer,
});

/** Bills everything ordered so far, without waiting for the end of the month. */
function issueInvoices(_: Call, context: SandboxContext): Answer {
  return json({ issued: issueInvoicesNow(context).map((invoice) => invoice.id) }, 201);
}

const pem = (text: string): Answer => ({
  status: 200,
  headers: { 'Content-Type': 'application/pkix-cert' },
  body: text,
});
