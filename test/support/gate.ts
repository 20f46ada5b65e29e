import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to a local port that can be closed: then connections are cut, and new ones too. */
export interface Gate {
  readonly port: number;
  close(): void;
  open(): void;
  stop(): Promise<void>;
}

/** Starts a gate before the port at `target`. It is open at first. */
export async function startGate(target: number): Promise<Gate> {
  let isOpen = true;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((incoming) => {
    keep(incoming);
    if (!isOpen) return void incoming.destroy();
    const onward = connect(target, '127.0.0.1');
    keep(onward);
    incoming.on('close', () => onward.destroy());
    onward.on('close', () => incoming.destroy());
    incoming.pipe(onward).pipe(incoming);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the gate has no port');
  const cut = () => sockets.forEach((socket) => socket.destroy());
  return {
    port: address.port,
    close: () => {
      isOpen = false;
      cut();
    },
    open: () => {
      isOpen = true;
    },
    stop: async () => {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}
