import { once } from 'node:events';
import type { Server } from 'node:http';
import { MISSING_ROUTES } from './api/routes';
import { issueDueInvoices } from './billing/issue-invoices';
import type { CommandLine } from './command-line';
import { Router } from './http/router';
import { serve, serveSecurely } from './http/serve';
import { openContext, type SandboxContext } from './model/sandbox-context';
import { routes } from './routes';
import { Dispatcher, type DispatcherPace } from './webhooks/dispatcher';

/** How often the sandbox looks for work that has fallen due, in milliseconds. */
export interface Pace extends DispatcherPace {
  readonly billingMs: number;
}

const PACE: Pace = { billingMs: 1000, pollMs: 100, rewriteMs: 500 };

/** A running sandbox. */
export interface Sandbox {
  readonly port: number;
  readonly httpsPort: number | undefined;
  /** Ends all connections and closes the journal. */
  close(): Promise<void>;
}

/** Starts the sandbox on 127.0.0.1 and resolves once it accepts connections; port 0 takes a free one. */
export async function startSandbox(commandLine: CommandLine, pace = PACE): Promise<Sandbox> {
  const context = openContext(commandLine.dataDir, commandLine.settings, commandLine.recover);
  const router = new Router(routes(commandLine.settings), MISSING_ROUTES);
  const plain = serve(router, context);
  const secure = commandLine.httpsPort === undefined ? undefined : serveSecurely(router, context);
  const port = await listen(plain, commandLine.port);
  const httpsPort = secure && (await listen(secure, commandLine.httpsPort ?? 0));
  const baseUrl = `http://127.0.0.1:${port}`;
  const certificateHost = httpsPort === undefined ? baseUrl : `https://127.0.0.1:${httpsPort}`;
  const certificateUrl = commandLine.certificateUrl ?? `${certificateHost}/sandbox/certificates/leaf.cer`;
  const dispatcher = new Dispatcher(context, { baseUrl, certificateUrl, certificates: context.certificates }, pace);
  dispatcher.start();
  const billing = setInterval(() => bill(context), pace.billingMs);
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

/** Issues invoices at the turn of the month, so that they are announced even when no call asks for them. */
function bill(context: SandboxContext): void {
  try {
    issueDueInvoices(context);
    context.store.commit();
  } catch (error) {
    // On a full disk nothing is half issued, and the next round tries again.
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
