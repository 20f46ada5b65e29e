import { randomUUID } from 'node:crypto';
import { type Server, createServer } from 'node:net';
import { Connection } from './amqp/connection';
import type { Broker } from './broker';
import { Client } from './client';
import type { SharedAccessKey } from './sas';

/** The AMQP door: accepts connections on 127.0.0.1. */
export class AmqpServer {
  private readonly connections = new Set<Connection>();
  private readonly server: Server;

  constructor(broker: Broker, key: SharedAccessKey, log: (line: string) => void) {
    const containerId = randomUUID();
    this.server = createServer((socket) => {
      const closed = (): unknown => this.connections.delete(connection);
      const connection = new Connection(socket, containerId, new Client({ broker, key, log, closed }));
      this.connections.add(connection);
    });
  }

  /** How many clients are connected. */
  get size(): number {
    return this.connections.size;
  }

  /** Starts listening. Returns the port. */
  listen(port: number): Promise<number> {
    return new Promise((fulfil, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', () => {
        const address = this.server.address();
        fulfil(typeof address === 'object' && address ? address.port : port);
      });
    });
  }

  /** Cuts all connections. */
  drop(): void {
    for (const connection of this.connections) connection.destroy();
  }

  /** Stops listening and says goodbye to every client. */
  close(): void {
    this.server.close();
    for (const connection of this.connections) connection.close();
  }
}
