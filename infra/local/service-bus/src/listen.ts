import type { Server } from 'node:net';

/** Lets a server listen on 127.0.0.1. Returns its port; 0 takes a free one. Rejects when the port is in use. */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((fulfil, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      fulfil(typeof address === 'object' && address ? address.port : port);
    });
  });
}
