import { once } from 'node:events';
import { createServer } from 'node:net';
import { z } from 'zod';

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

/** Where a port comes from when no other is asked for: a flag of `npm start` wins over the variable, that over the default. */
export const portSettings: Record<PortName, { flag: string; variable: string; port: number; of: string }> = {
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
    const why = addressInUse.safeParse(error).success ? 'is taken' : `can't be used (${String(error)})`;
    return `Port ${port} for ${of} ${why}. End what uses it, or choose another with --${flag} or ${variable}.`;
  } finally {
    server.close();
  }
}
