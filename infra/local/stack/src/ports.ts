import { once } from 'node:events';
import { createServer } from 'node:net';
import { z } from 'zod';
import { UsageError } from './command-line/read-command-line';
import { messageOf } from './text/message-of';

/** The ports of the local stack. */
export interface Ports {
  functions: number;
  sandbox: number;
  broker: number;
  brokerAdmin: number;
  blob: number;
  table: number;
}
export type PortName = keyof Ports;

interface PortSetting {
  readonly flag: string;
  readonly variable: string;
  readonly port: number;
  /** What listens there. */
  readonly of: string;
}

/** Where a port comes from: the flag of a command wins over the variable, the variable over the default. */
export const portSettings: Readonly<Record<PortName, PortSetting>> = {
  functions: { flag: 'functions-port', variable: 'CARTAGE_FUNCTIONS_PORT', port: 7071, of: 'the functions host' },
  sandbox: { flag: 'sandbox-port', variable: 'CARTAGE_SANDBOX_PORT', port: 7072, of: 'the Partner Center sandbox' },
  broker: { flag: 'broker-port', variable: 'CARTAGE_BROKER_PORT', port: 5672, of: 'the Service Bus broker' },
  brokerAdmin: {
    flag: 'broker-admin-port',
    variable: 'CARTAGE_BROKER_ADMIN_PORT',
    port: 5300,
    of: "the broker's counts",
  },
  blob: { flag: 'blob-port', variable: 'CARTAGE_BLOB_PORT', port: 10000, of: 'Blob Storage' },
  table: { flag: 'table-port', variable: 'CARTAGE_TABLE_PORT', port: 10002, of: 'Table Storage' },
};

/** Any free port for each. */
export const freePorts: Ports = { functions: 0, sandbox: 0, broker: 0, brokerAdmin: 0, blob: 0, table: 0 };

/** The flags that set the ports, with what the environment or the default sets. */
export function portFlags(env: NodeJS.ProcessEnv) {
  const flag = (name: PortName) => {
    const { variable, port, of } = portSettings[name];
    return {
      type: 'string',
      value: 'N',
      default: env[variable] ?? `${port}`,
      help: `port of ${of}, or ${variable}`,
    } as const;
  };
  return {
    'functions-port': flag('functions'),
    'sandbox-port': flag('sandbox'),
    'broker-port': flag('broker'),
    'broker-admin-port': flag('brokerAdmin'),
    'blob-port': flag('blob'),
    'table-port': flag('table'),
  } as const;
}

/**
 * Reads the ports that the flags of `portFlags` were given; 0 takes any free port.
 * @throws UsageError that names the flag and the variable of what is not a port
 */
export function readPorts(flags: Readonly<Record<keyof ReturnType<typeof portFlags>, string>>): Ports {
  const port = (name: PortName, text: string): number => {
    const number = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isInteger(number) && number >= 0 && number <= LARGEST_PORT) return number;
    const { flag, variable } = portSettings[name];
    throw new UsageError(`--${flag} (or ${variable}) is not a port: ${text}`);
  };
  return {
    functions: port('functions', flags['functions-port']),
    sandbox: port('sandbox', flags['sandbox-port']),
    broker: port('broker', flags['broker-port']),
    brokerAdmin: port('brokerAdmin', flags['broker-admin-port']),
    blob: port('blob', flags['blob-port']),
    table: port('table', flags['table-port']),
  };
}

const LARGEST_PORT = 65_535;

/** Throws when one of the ports is taken, naming it and the setting that changes it. */
export async function assertFree(ports: Ports): Promise<void> {
  const problems = await Promise.all(
    Object.entries(portSettings).map(([name, setting]) => problemWith(portOf(ports, name), setting)),
  );
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) throw new Error(found.join('\n'));
}

const portOf = (ports: Ports, name: string): number => new Map(Object.entries(ports)).get(name) ?? 0;

const addressInUse = z.object({ code: z.literal('EADDRINUSE') });

async function problemWith(
  port: number,
  { of, flag, variable }: (typeof portSettings)[PortName],
): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    const why = addressInUse.safeParse(error).success ? 'is taken' : `can't be used (${messageOf(error)})`;
    return `Port ${port} for ${of} ${why}. End what uses it, or choose another with --${flag} or ${variable}.`;
  } finally {
    server.close();
  }
}
