import { randomUUID } from 'node:crypto';
import type { Server } from 'node:net';
import { Connection } from '#amqp/connection';
import type { Broker } from '#broker/broker';
import { Client } from './client';
import type { SharedAccessKey } from './sas';

/** The AMQP server on 127.0.0.1. */
export class AmqpServer {
  readonly #server: Server;
  readonly #connections = new Set<Connection>();

  /** Serves the connections of a server that listens already. */
  constructor(
    server: Server,
    broker: Broker,
    key: SharedAccessKey,
    /** How long a client may be silent, milliseconds. */
    idleTimeOut: number,
    log: (line: string) => void,
  ) {
    this.#server = server;
    const containerId = randomUUID();
    server.on('connection', (socket) => {
      const closed = (): unknown => this.#connections.delete(connection);
      const connection = new Connection(socket, containerId, idleTimeOut, new Client({ broker, key, log, closed }));
      this.#connections.add(connection);
    });
  }

  /** How many clients are connected. */
  get size(): number {
    return this.#connections.size;
  }

  /** Cuts all connections. */
  drop(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  /** Stops listening and closes every connection. */
  close(): void {
    this.#server.close();
    for (const connection of this.#connections) connection.close();
  }
}
