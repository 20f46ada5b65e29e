import { z } from 'zod';
import { issueInvoicesNow } from '#billing/issue-invoices';
import { CLOCK_RANGE } from '#model/clock';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { refusal } from '#wire/refusal';
import type { Route } from '#model/route';
import { faultSchema } from '#model/fault';
import { plantSeed } from '#model/plant-seed';
import { type Settings, settingsSchema } from '#model/settings';
import type { SandboxContext } from '#model/sandbox-context';
import { changeCustomer } from './customers';
import { ledger } from './ledger';
import { startPage } from './start-page';

/** The sandbox's own endpoints: no token, no faults, not counted. `started` are the settings of the command line. */
export const controlRoutes = (started: Settings): readonly Route[] => [
  { name: 'startPage', method: 'GET', path: '/', access: 'control', answer: startPage },
  { name: 'health', method: 'GET', path: '/health', access: 'control', answer: () => json({ status: 'healthy' }) },
  { name: 'ledger', method: 'GET', path: '/sandbox/ledger', access: 'control', answer: ledger },
  {
    name: 'certificate',
    method: 'GET',
    path: '/sandbox/certificates/leaf.cer',
    access: 'control',
    answer: (_, context) => pem(context.certificates.leafPem()),
  },
  {
    name: 'rootCertificate',
    method: 'GET',
    path: '/sandbox/certificates/root.pem',
    access: 'control',
    answer: (_, context) => pem(context.certificates.rootPem()),
  },
  { name: 'issueInvoices', method: 'POST', path: '/sandbox/invoices', access: 'control', answer: issueInvoices },
  {
    name: 'changeCustomer',
    method: 'POST',
    path: '/sandbox/customers/{customerId}',
    access: 'control',
    answer: changeCustomer,
  },
  { name: 'calls', method: 'GET', path: '/sandbox/calls', access: 'control', answer: calls },
  {
    name: 'reset',
    method: 'POST',
    path: '/sandbox/reset',
    access: 'control',
    answer: (_, context) => reset(context, started),
  },
  { name: 'addFaults', method: 'POST', path: '/sandbox/faults', access: 'control', answer: addFaults },
  { name: 'listFaults', method: 'GET', path: '/sandbox/faults', access: 'control', answer: listFaults },
  { name: 'clearFaults', method: 'DELETE', path: '/sandbox/faults', access: 'control', answer: clearFaults },
  { name: 'clock', method: 'GET', path: '/sandbox/clock', access: 'control', answer: readClock },
  { name: 'moveClock', method: 'POST', path: '/sandbox/clock', access: 'control', answer: moveClock },
  {
    name: 'settings',
    method: 'GET',
    path: '/sandbox/settings',
    access: 'control',
    answer: (_, context) => json(context.settings),
  },
  { name: 'changeSettings', method: 'POST', path: '/sandbox/settings', access: 'control', answer: changeSettings },
];

const calls = (_: Call, context: SandboxContext): Answer => json(context.counts.report());

/** Back to the seed, the real time and the settings of the command line. Tokens and certificates made before stay good. */
function reset(context: SandboxContext, started: Settings): Answer {
  const kept = ['tokenKey', 'certificates'].map((name) => [name, context.store.values.get(name)] as const);
  context.store.replaceAll(() => {
    for (const [name, value] of kept) if (value !== undefined) context.store.values.put(name, value);
    plantSeed(context.store);
  });
  context.faults.clear();
  context.throttle.clear();
  context.settings = started;
  return json({ status: 'reset' });
}

/** One fault or several; answers their numbers. */
function addFaults(call: Call, context: SandboxContext): Answer {
  const faults = call.body(z.preprocess((body) => (Array.isArray(body) ? body : [body]), z.array(faultSchema)));
  return json({ ids: faults.map((fault) => context.faults.add(fault)) }, 201);
}

const listFaults = (_: Call, context: SandboxContext): Answer =>
  json({ faults: context.faults.list().map(({ id, fault, seen, fired }) => ({ id, ...fault, seen, fired })) });

function clearFaults(_: Call, context: SandboxContext): Answer {
  context.faults.clear();
  return json({ faults: [] });
}

/** Bills everything ordered up to now, without waiting for the month to end. */
function issueInvoices(_: Call, context: SandboxContext): Answer {
  return json({ issued: issueInvoicesNow(context).map((invoice) => invoice.id) }, 201);
}

const pem = (text: string): Answer => ({
  status: 200,
  headers: { 'Content-Type': 'application/pkix-cert' },
  body: text,
});

const readClock = (_: Call, context: SandboxContext): Answer =>
  json({ now: new Date(context.clock.now()).toISOString() });

const clockSchema = z.strictObject({
  advanceSeconds: z.number().optional(),
  now: z.iso.datetime({ offset: true }).optional(),
});

/** Moves the clock by seconds, or to a moment. */
function moveClock(call: Call, context: SandboxContext): Answer {
  const { advanceSeconds, now } = call.body(clockSchema);
  const seconds = now === undefined ? advanceSeconds : (Date.parse(now) - context.clock.now()) / 1000;
  if (seconds === undefined || (now !== undefined && advanceSeconds !== undefined)) {
    throw refusal('invalidInput', `Send {"advanceSeconds": 900} or {"now": "${CLOCK_RANGE.from}"}.`);
  }
  context.clock.move(seconds);
  return readClock(call, context);
}

/** Changes the named settings until the next start or reset. */
function changeSettings(call: Call, context: SandboxContext): Answer {
  const merged = (given: unknown): unknown => (typeof given === 'object' ? { ...context.settings, ...given } : given);
  context.settings = call.body(z.preprocess(merged, settingsSchema.strict()));
  return json(context.settings);
}
