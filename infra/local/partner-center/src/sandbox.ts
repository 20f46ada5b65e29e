import { once } from 'node:events';
import type { Server } from 'node:http';
import { issueDueInvoices } from './billing/issue-invoices';
import { serve, serveSecurely } from './http/serve';
import { Router } from './http/router';
import { MISSING_ROUTES } from './api/routes';
import { routes } from './routes';
import type { CommandLine } from './command-line';
import { Dispatcher } from './webhooks/dispatcher';
import { openContext, type SandboxContext } from './model/sandbox-context';

const billingCheckMs = 1000;

/** A running sandbox. */
export interface Sandbox {
  readonly port: number;
  readonly httpsPort: number | undefined;
  /** Ends all connections and closes the journal. */
  close(): Promise<void>;
}

/** Starts the sandbox on 127.0.0.1 and answers once connections are taken; port 0 takes a free one. */
export async function startSandbox(commandLine: CommandLine): Promise<Sandbox> {
  const context = openContext(commandLine.dataDir, commandLine.settings);
  const router = new Router(routes(commandLine.settings), MISSING_ROUTES);
  const plain = serve(router, context);
  const secure = commandLine.httpsPort === undefined ? undefined : serveSecurely(router, context);
  const port = await listen(plain, commandLine.port);
  const httpsPort = secure && (await listen(secure, commandLine.httpsPort ?? 0));
  const base = httpsPort === undefined ? `http://127.0.0.1:${port}` : `https://127.0.0.1:${httpsPort}`;
  const certificateUrl = commandLine.certificateUrl ?? `${base}/sandbox/certificates/leaf.cer`;
  const dispatcher = new Dispatcher(context, `http://127.0.0.1:${port}`, certificateUrl);
  dispatcher.start();
  const billing = setInterval(() => bill(context), billingCheckMs);
  return {
    port,
    httpsPort,
    close: async () => {
      dispatcher.stop();
      clearInterval(billing);
      await Promise.all([plain, ...(secure ? [secure] : [])].map(closeServer));
      context.store.close();
    },
  };
}

/** So that an invoice is announced at the turn of the month though nobody asks for it. */
function bill(context: SandboxContext): void {
  try {
    issueDueInvoices(context);
    context.store.commit();
  } catch (error) {
    // On a full disk nothing is half issued, and the next turn tries again.
    context.store.rollback();
    console.error('Invoices are due and could not be issued:', error);
  }
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return address.port;
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
