import { once } from 'node:events';
import { serve } from './http/serve';
import { Router } from './http/router';
import { routes } from './routes';
import type { CommandLine } from './settings';
import { openWorld } from './world';

/** A running sandbox. */
export interface Sandbox {
  /** Settles with the port once connections are taken. */
  readonly ready: Promise<number>;
  /** Ends all connections and closes the journal. */
  close(): Promise<void>;
}

/** Starts the sandbox on 127.0.0.1; port 0 takes a free one. */
export function startSandbox({ port, dataDir, settings }: CommandLine): Sandbox {
  const world = openWorld(dataDir, settings);
  const server = serve(new Router(routes(settings)), world);
  server.listen(port, '127.0.0.1');
  return {
    ready: once(server, 'listening').then(() => {
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('The server has no port');
      return address.port;
    }),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      world.store.close();
    },
  };
}
