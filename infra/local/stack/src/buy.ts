import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { z } from 'zod';
import { postPurchase, type Caller, type PurchaseView } from './client';
import { runCommand } from './command-line/run-command';
import { UsageError } from './command-line/read-command-line';
import { exampleFile } from './examples';
import { followPurchase } from './follow';
import { portSettings } from './ports';
import { developmentRequesters } from './settings';
import { messageOf } from './text/message-of';
import { paintFor } from './text/paint';
import { STAGE_HEADING, stageLines } from './text/stage-columns';
import { projectFolder } from './project';

const DEFAULT_URL = `http://127.0.0.1:${portSettings.functions.port}`;

/** `npm run buy`: one purchase from a running stack, as a partner's CRM asks for it. */
const command = {
  name: 'npm run buy',
  summary:
    'Signs a purchase request as the development CRM, posts it, and shows each stage until the purchase is over.',
  flags: {
    url: { type: 'string', value: 'URL', default: DEFAULT_URL, help: 'where the functions answer' },
    id: {
      type: 'string',
      value: 'ID',
      help: "the request's id; the same id again is the same purchase (default: a new id)",
    },
    'no-wait': { type: 'boolean', default: false, help: 'returns as soon as the request is accepted' },
    follow: { type: 'string', value: 'PURCHASE', help: 'posts nothing, and shows a purchase that was accepted before' },
  },
  argument: {
    value: 'FILE',
    default: relative(projectFolder, exampleFile('purchase.json')),
    help: 'the purchase request, JSON',
  },
} as const;

runCommand(command, async ({ flags, argument: file }) => {
  if (!URL.canParse(flags.url)) throw new UsageError(`--url is not a URL: ${flags.url}`);
  const caller = { ...developmentRequesters.crm, functionsUrl: new URL(flags.url).origin };
  const purchaseId = flags.follow ?? (await post(caller, flags.id ?? randomUUID(), file));
  if (flags['no-wait']) say(`\nFollow it:  npm run buy -- --follow ${purchaseId}${urlFlag(flags.url)}`);
  else await follow(caller, purchaseId);
});

const urlFlag = (url: string): string => (url === DEFAULT_URL ? '' : ` --url ${url}`);

const accepted = z.object({ purchaseId: z.string() });
const problem = z.object({
  title: z.string(),
  detail: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).default([]),
});

/** Posts a request; answers the purchase's id. Throws what the answer says when it is not accepted. */
async function post(caller: Caller, id: string, file: string): Promise<string> {
  const answer = await postPurchase(caller, id, readRequest(file));
  const body = await answer.text();
  if (answer.status !== 202) throw new Error(`${answer.status} ${explain(body)}`);
  const { purchaseId } = accepted.parse(JSON.parse(body));
  say(`202 Accepted: purchase ${purchaseId}`);
  return purchaseId;
}

function readRequest(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`The purchase request can't be read: ${messageOf(error)}`, { cause: error });
  }
}

/** A problem+json answer in lines; anything else as it is. */
function explain(body: string): string {
  try {
    const { title, detail, errors } = problem.parse(JSON.parse(body));
    const lines = errors.map(({ field, message }) => `  ${field}: ${message}`);
    return [`${title}.`, ...(detail === undefined ? [] : [detail]), ...lines].join('\n');
  } catch {
    return body;
  }
}

async function follow(caller: Caller, purchaseId: string): Promise<void> {
  const paint = paintFor(process.stdout, process.env);
  const started = performance.now();
  say(`\n${paint('bold', STAGE_HEADING)}`);
  const view = await followPurchase(caller, purchaseId, (step) => stageLines(step, paint).forEach(say));
  const isBought = view.status === 'completed' || view.status === 'quoted';
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  say(`\n${paint(isBought ? 'green' : 'red', view.status)} after ${seconds} s${endingOf(view)}`);
  if (!isBought) process.exitCode = 1;
}

/** The orders, or why there are none. */
function endingOf({ orders = [], reason }: PurchaseView): string {
  const lines = orders.map(({ orderId, status }) => `  order ${orderId}, ${status}`);
  if (reason !== undefined) lines.push(`  ${reason.code}: ${reason.message}`, `  ${reason.advice}`);
  return lines.map((line) => `\n${line}`).join('');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
