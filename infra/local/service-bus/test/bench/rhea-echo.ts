/**
 * The floor that the protocol library itself sets: a bare rhea server that hands every message it gets to any receiver. It accepts
 * every token and ignores addresses: everything waits in one line. Nothing is written to a disk, no lock ever ends, nothing is counted
 * or checked, and what is completed is forgotten.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import rhea, { type EventContext, type Message, type Sender } from 'rhea';
import { listen } from '#listen';

const CREDIT = 1_000;

const container = rhea.create_container({
  receiver_options: { credit_window: CREDIT, autoaccept: false },
  sender_options: { autosettle: false },
});

const waiting: Message[] = [];
const takers = new Set<Sender>();
const answerers = new Set<Sender>();

function isCbs(address: unknown): boolean {
  return address === '$cbs';
}

function pump(): void {
  for (const taker of takers) {
    while (taker.sendable()) {
      const message = waiting.shift();
      if (!message) return;
      taker.send(message, randomBytes(16));
    }
  }
}

function received({ message, delivery, receiver, connection }: EventContext): void {
  if (!message || !delivery || !receiver) return;
  delivery.accept();
  if (!isCbs(receiver.target.address)) {
    // The SDK can't settle a message without an id.
    waiting.push({ ...message, message_id: message.message_id ?? rhea.generate_uuid() });
    pump();
    return;
  }
  const answerer = [...answerers].find((sender) => sender.connection === connection);
  const answer: Message = { application_properties: { 'status-code': 202 }, body: '' };
  if (message.message_id !== undefined) answer.correlation_id = message.message_id;
  answerer?.send(answer);
}

function settled({ delivery }: EventContext): void {
  delivery?.update(true, rhea.types.wrap_described(rhea.types.wrap_list([]), 0x24));
  // Otherwise rhea keeps the delivery's slot forever, and it has 2,048 of them.
  if (delivery) Object.assign(delivery, { remote_settled: true });
}

container.on('receiver_open', ({ receiver }: EventContext) => {
  receiver?.set_target({ address: receiver.target.address });
});
container.on('sender_open', ({ sender }: EventContext) => {
  if (!sender) return;
  sender.set_source({ address: sender.source.address });
  (isCbs(sender.source.address) ? answerers : takers).add(sender);
});
container.on('sender_close', ({ sender }: EventContext) => {
  if (sender) takers.delete(sender);
});
container.on('disconnected', () => {
  takers.clear();
  answerers.clear();
});
container.on('message', received);
container.on('accepted', settled);
container.on('sendable', pump);

const admin = createServer((_, response) => {
  const { user, system } = process.cpuUsage();
  response.end(JSON.stringify({ cpuMicroseconds: user + system, rssBytes: process.memoryUsage.rss() }));
});

async function main(): Promise<void> {
  const server = container.listen({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket) => socket.setNoDelay(true));
  await new Promise((fulfil) => server.once('listening', fulfil));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  console.log(JSON.stringify({ port, adminPort: await listen(admin, 0) }));
  process.once('SIGTERM', () => process.exit(0));
  process.once('disconnect', () => process.exit(0));
}

void main();
