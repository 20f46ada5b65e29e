import { parseArgs } from 'node:util';

/** What a command line asks for. */
export type Command =
  | { readonly kind: 'run'; readonly app: string; readonly port: number; readonly keysFile: string }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'invalid'; readonly message: string };

interface Flag {
  readonly value: string;
  readonly default: string;
  readonly meaning: string;
}

const FLAGS = {
  app: { value: 'DIR', default: '.', meaning: 'the folder of the function app, with package.json and host.json' },
  port: { value: 'N', default: '7071', meaning: 'the port of its HTTP functions on 127.0.0.1; 0 takes a free one' },
  keys: {
    value: 'FILE',
    default: '.data/function-keys.json',
    meaning: 'the file of the function keys; created at the first start',
  },
} as const satisfies Record<string, Flag>;

const SEE_HELP = 'see cartage-functions-host --help';
const LAST_PORT = 65_535;

/** Reads a command line, without the names of Node and the script. */
export function readCommand(args: readonly string[]): Command {
  const { tokens } = parseArgs({
    args: [...args],
    options: { app: { type: 'string' }, port: { type: 'string' }, keys: { type: 'string' }, help: { type: 'boolean' } },
    strict: false,
    tokens: true,
  });
  const given = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') return invalid(`Unexpected argument "${token.value}"`);
    const { name, rawName, value, inlineValue } = token;
    if (name === 'help')
      return value === undefined ? { kind: 'help', text: usage() } : invalid('--help takes no value');
    if (!Object.hasOwn(FLAGS, name)) return invalid(`Unknown flag ${rawName}`);
    // A value that looks like a flag is one, unless it is behind an equals sign.
    if (value === undefined || value === '' || (!inlineValue && value.startsWith('-')))
      return invalid(`${rawName} needs a value`);
    given.set(name, value);
  }
  const valueOf = (name: keyof typeof FLAGS): string => given.get(name) ?? FLAGS[name].default;
  const port = readPort(valueOf('port'));
  if (port === undefined)
    return invalid(`--port ${valueOf('port')} is not a port: give a number from 0 to ${LAST_PORT}`);
  return { kind: 'run', app: valueOf('app'), port, keysFile: valueOf('keys') };
}

const invalid = (message: string): Command => ({ kind: 'invalid', message: `${message}; ${SEE_HELP}` });

function readPort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  return port <= LAST_PORT ? port : undefined;
}

function usage(): string {
  const flags = Object.entries<Flag>(FLAGS).map(([name, flag]) => ({
    left: `--${name} ${flag.value}`,
    right: `${flag.meaning} (default: ${flag.default})`,
  }));
  const rows = [...flags, { left: '--help', right: 'print this text' }];
  const width = Math.max(...rows.map(({ left }) => left.length));
  return [
    'Usage: cartage-functions-host [flags]',
    '',
    'Runs an Azure Functions app (Node.js, v4 programming model) on this machine.',
    'App settings come from the environment. Prints {"ready":true,"port":N} when every trigger is attached; the log goes to stderr.',
    '',
    ...rows.map(({ left, right }) => `  ${left.padEnd(width)}  ${right}`),
    '',
  ].join('\n');
}
