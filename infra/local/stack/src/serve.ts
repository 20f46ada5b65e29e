import { resolve } from 'node:path';
import { INTERRUPTED, onInterrupt } from './command-line/interrupt';
import { lockFolder } from './lock-folder';
import { createStackLog, type StackLog } from './log/stack-log';
import { assertFree, portFlags, portSettings, readPorts } from './ports';
import { startStack, type Stack, type StackOptions } from './stack';
import { paintFor } from './text/paint';
import { projectFolder } from './project';

/** The flags of a command that keeps the stack running. */
export const serveFlags = {
  fresh: { type: 'boolean', default: false, help: 'begins with empty data instead of what is there' },
  recover: {
    type: 'boolean',
    default: false,
    help: 'goes on from a damaged journal, without what can not be read; the damaged one is kept',
  },
  verbose: { type: 'boolean', default: false, help: 'shows every line of every part, as the log file has it' },
  data: { type: 'string', value: 'DIR', default: '.data', help: 'where data and logs are kept' },
  app: { type: 'string', value: 'DIR', default: '.', help: 'the function app' },
  ...portFlags(process.env),
} as const;

type ServeFlags = Readonly<Record<'fresh' | 'recover' | 'verbose', boolean> & Record<'data' | 'app', string>> &
  Parameters<typeof readPorts>[0];

export interface ServeOptions {
  /** Arguments for the Node that runs the functions host. */
  readonly hostNodeArgs?: readonly string[];
  /** Called once the stack is ready; what it answers is called before the stack is stopped. */
  readonly onReady?: (stack: Stack, log: StackLog, app: string) => () => void;
}

/**
 * Runs the stack until the process is asked to end, which ends the process with exit code 0. Rejects when the stack can't be started,
 * or when a part died too often and everything was stopped.
 */
export async function serve(flags: ServeFlags, { hostNodeArgs = [], onReady }: ServeOptions = {}): Promise<void> {
  const ports = readPorts(flags);
  const dataDir = resolve(flags.data);
  const app = resolve(projectFolder, flags.app);
  const interrupt = new AbortController();
  let stop = (): void => interrupt.abort();
  onInterrupt(() => stop());
  await assertFree(ports);
  const lock = await lockFolder(dataDir); // before anything is written or removed: the folder may be in use
  const { log, file } = createStackLog({
    dataDir,
    verbose: flags.verbose,
    terminal: process.stderr,
    env: process.env,
  });
  const { fresh, recover } = flags;
  const options: StackOptions = { dataDir, ports, app, hostNodeArgs, log, lock, fresh, recover };
  const stack = await startStack({ ...options, interrupt: interrupt.signal }).catch((error: unknown) => {
    if (interrupt.signal.aborted) process.exit(INTERRUPTED);
    throw error;
  });
  const unfollow = onReady?.(stack, log, app);
  stop = () => {
    log('stack', 'stopping');
    unfollow?.();
    void stack.stop().then(() => process.exit(0));
  };
  process.stdout.write(greeting(stack, file));

  const reason = await stack.gaveUp;
  throw new Error(`Everything was stopped: ${reason}. The whole log: ${file}`);
}

function greeting(stack: Stack, logFile: string): string {
  const paint = paintFor(process.stdout, process.env);
  const url = stack.ports.functions === portSettings.functions.port ? '' : ` -- --url ${stack.functionsUrl}`;
  return `
${paint('bold', 'Cartage is running.')} Ctrl-C stops it.

  Functions        ${stack.functionsUrl}/api
  Function keys    ${stack.keysFile}
  Partner Center   ${stack.sandboxUrl} (sandbox)
  Service Bus      127.0.0.1:${stack.ports.broker}, counts at ${stack.brokerAdminUrl}/counts
  Blob Storage     127.0.0.1:${stack.ports.blob}
  Table Storage    127.0.0.1:${stack.ports.table}
  Log              ${logFile}

Buy something, in another terminal:

  ${paint('bold', `npm run buy${url}`)}

`;
}
