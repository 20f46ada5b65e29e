import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';

/** A proxy before Table Storage that counts requests; a transaction is one. */
export interface TableCounter {
  port: number;
  count(): number;
  close(): Promise<void>;
}

/** Starts the proxy; it passes everything on to the table endpoint at `target`. */
export async function startTableCounter(target: number): Promise<TableCounter> {
  let count = 0;
  const server = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
    count++;
    const { method, url, headers } = incoming;
    const onward = request({ host: '127.0.0.1', port: target, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    port: address.port,
    count: () => count,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
