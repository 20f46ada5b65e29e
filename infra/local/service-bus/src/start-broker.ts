import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { AdminServer } from './admin/admin';
import { Broker } from './broker/broker';
import { AmqpServer } from './clients/server';
import type { Definition } from './definitions/definition';
import { listen } from './listen';

/** How a broker is started. */
interface BrokerOptions {
  /** The TCP port for AMQP; 0 takes a free one. */
  readonly port: number;
  /** The TCP port for HTTP; 0 takes a free one. */
  readonly adminPort: number;
  /** The folder of the journal; it is created when it is missing. */
  readonly data: string;
  /** Entities to create, or to give these settings and rules; others in the journal stay. */
  readonly definitions: readonly Definition[];
  /** Acknowledge only after `fdatasync`. */
  readonly sync: boolean;
  /** Bytes from which on a journal that is mostly dead is compacted. */
  readonly compactAbove: number;
  /** Go on from a damaged journal, without what can't be read in it. */
  readonly recover?: boolean;
  /** Milliseconds that a client may be silent; after twice as many it is cut off. */
  readonly idleTimeOut: number;
  /** Whether `POST /faults` is allowed. */
  readonly faults: boolean;
  /** The shared access key of connection strings; its name is RootManageSharedAccessKey. */
  readonly key: string;
  readonly log: (line: string) => void;
}

/** A broker that accepts connections on 127.0.0.1. */
export interface RunningBroker {
  readonly port: number;
  readonly adminPort: number;
  /** Ends every connection, writes what waits and frees ports and files. */
  close(): void;
}

/**
 * Starts a broker in this process. Rejects when a port is taken, the journal can't be opened, or a definition contradicts an entity
 * that is there already.
 */
export async function startBroker(options: BrokerOptions): Promise<RunningBroker> {
  const { definitions, sync, compactAbove, recover = false, log } = options;
  // The ports come first: a broker that finds them taken must not touch the data of the one that has them.
  const amqpListener = createServer();
  const httpListener = createHttpServer();
  const parts: { close(): unknown }[] = [amqpListener, httpListener];
  const close = (): void => {
    for (const part of parts) part.close();
  };
  try {
    const port = await listen(amqpListener, options.port);
    const adminPort = await listen(httpListener, options.adminPort);
    const broker = new Broker({ folder: options.data, sync, compactAbove, recover, log }, definitions);
    const key = { name: 'RootManageSharedAccessKey', key: options.key };
    const amqp = new AmqpServer(amqpListener, broker, key, options.idleTimeOut, log);
    const admin = new AdminServer(httpListener, broker, amqp, key, options.faults);
    parts.push(amqp, admin, broker);
    await broker.defined;
    return { port, adminPort, close };
  } catch (error) {
    close();
    throw error;
  }
}
