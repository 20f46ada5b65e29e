import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { emptyDataDir } from './data-dir';
import { assertFree, portSettings, type Ports } from './ports';
import { startStack, type Stack } from './stack';

/** `npm start`: the whole of Cartage on this machine, until Ctrl-C. */

const portFlags = Object.fromEntries(
  Object.values(portSettings).map(({ flag }) => [flag, { type: 'string' as const }]),
);

const usage = `Usage: npm start -- [--fresh] [--data DIR] ${Object.keys(portFlags)
  .map((flag) => `[--${flag} N]`)
  .join(' ')}`;

interface CommandLine {
  fresh: boolean;
  dataDir: string;
  ports: Ports;
}

function readCommandLine(args: string[]): CommandLine {
  const { values } = parseArgs({
    args,
    options: { ...portFlags, fresh: { type: 'boolean', default: false }, data: { type: 'string', default: '.data' } },
  });
  const given = new Map(Object.entries(values));
  const port = (name: keyof Ports): number => {
    const { flag, variable, port: byDefault } = portSettings[name];
    const text = given.get(flag) ?? process.env[variable] ?? byDefault;
    const number = Number(text);
    if (!Number.isInteger(number) || number < 0 || number > 65_535)
      throw new Error(`--${flag} (or ${variable}) is not a port: ${String(text)}`);
    return number;
  };
  return {
    fresh: values.fresh,
    dataDir: resolve(values.data),
    ports: {
      functions: port('functions'),
      sandbox: port('sandbox'),
      broker: port('broker'),
      brokerAdmin: port('brokerAdmin'),
      blob: port('blob'),
      table: port('table'),
    },
  };
}

function greeting(stack: Stack): string {
  return `
Cartage is running. Ctrl-C stops it.

  Functions          ${stack.functionsUrl}/api
  Function keys      ${stack.keysFile}
  Partner Center     ${stack.sandboxUrl} (sandbox)
  Service Bus        127.0.0.1:${stack.ports.broker}, counts at ${stack.brokerAdminUrl}/counts
  Blob Storage       127.0.0.1:${stack.ports.blob}
  Table Storage      127.0.0.1:${stack.ports.table}

Buy something:

  ${postCommand(stack)}
`;
}

/** A ready-to-paste command; it needs to be told the address only if that is not the usual one. */
function postCommand({ functionsUrl, ports }: Stack): string {
  const url = ports.functions === portSettings.functions.port ? '' : ` --url ${functionsUrl}`;
  return `node dist/infra/local/post-purchase.js infra/local/examples/purchase.json${url}`;
}

async function main(): Promise<void> {
  const { fresh, dataDir, ports } = readCommandLine(process.argv.slice(2));
  await assertFree(ports); // before anything is removed: the folder may be in use
  if (fresh) emptyDataDir(dataDir);
  const stack = await startStack({
    dataDir,
    ports,
    log: (part, line) => process.stderr.write(`${part.padEnd(8)}| ${line}\n`),
  });

  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    process.stderr.write('Stopping ...\n');
    void stack.stop().then(() => process.exit(0));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.stdout.write(greeting(stack));

  const reason = await stack.gaveUp;
  throw new Error(`Everything was stopped: ${reason}`);
}

main().catch((error: unknown) => {
  const text = error instanceof Error ? error.message : String(error);
  const isUsage = error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${text}\n${isUsage ? `${usage}\n` : ''}`);
  process.exit(1);
});
