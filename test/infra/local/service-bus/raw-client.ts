import { createHmac } from 'node:crypto';
import { type Socket, connect } from 'node:net';
import { AMQP_HEADER, SASL_HEADER, amqpFrame, saslFrame } from '#local/service-bus/amqp/frames';
import { type Encodable, described, symbol, ubyte, uint, ulong } from '#local/service-bus/amqp/value';
import { Writer } from '#local/service-bus/amqp/writer';
import { type BrokerProcess, TEST_KEY } from './broker-process';

/** What a client says before anything else: both headers, SASL, open and one session, all without waiting for answers. */
export function greeting(): Buffer {
  return Buffer.concat([
    SASL_HEADER,
    saslFrame(0x41, [symbol('ANONYMOUS')]),
    AMQP_HEADER,
    amqpFrame(0, 0x10, ['raw-client', '127.0.0.1', uint(65_536)]),
    amqpFrame(0, 0x11, [null, uint(0), uint(2_048), uint(2_048)]),
  ]);
}

/** An attach of a link on which the client sends to `address`. */
export function attachSender(handle: number, address: string): Buffer {
  const fields = [
    `sender-${handle}`,
    uint(handle),
    false,
    ubyte(2),
    ubyte(0),
    described(0x28, ['me']),
    described(0x29, [address]),
  ];
  return amqpFrame(0, 0x12, [...fields, null, null, uint(0)]);
}

/** An attach of a link on which the client receives from `address`. */
export function attachReceiver(handle: number, address: string, filter?: Encodable, settled = false): Buffer {
  const source = described(0x28, [address, null, null, null, null, null, null, filter]);
  const target = described(0x29, [`receiver-${handle}`]);
  return amqpFrame(0, 0x12, [
    `receiver-${handle}`,
    uint(handle),
    true,
    ubyte(settled ? 1 : 0),
    ubyte(settled ? 0 : 1),
    source,
    target,
  ]);
}

/** A flow that grants credit. */
export function grant(handle: number, credit: number, deliveryCount = 0): Buffer {
  return amqpFrame(0, 0x13, [
    uint(0),
    uint(2_048),
    uint(0),
    uint(2_048),
    uint(handle),
    uint(deliveryCount),
    uint(credit),
  ]);
}

/** A transfer frame with its payload. */
export function transfer(handle: number, deliveryId: number, payload: Buffer, format = 0): Buffer {
  const fields = [uint(handle), uint(deliveryId), Buffer.from(String(deliveryId)), uint(format), false, false];
  const frame = amqpFrame(0, 0x14, fields);
  const whole = Buffer.concat([frame, payload]);
  whole.writeUInt32BE(whole.length, 0);
  return whole;
}

/** An encoded message with an AMQP value as its body. */
export function message(id: string, body: Encodable, application: ReadonlyMap<string, Encodable> = new Map()): Buffer {
  const writer = new Writer();
  writer.value(described(0x70, [true, ubyte(4), uint(60_000)]));
  writer.value(described(0x72, new Map([[symbol('x-opt-partition-key'), 'p']])));
  writer.value(described(0x73, [id, null, 'to', 'subject', 'reply', 'correlation', symbol('text/plain')]));
  writer.value(described(0x74, application));
  return writer.value(described(0x77, body)).finish();
}

/** A put-token request for an audience, signed with the tests' key. */
export function putToken(port: number, path: string): Buffer {
  const audience = `sb://127.0.0.1:${port}/${path}`;
  const resource = encodeURIComponent(audience);
  const expiry = Math.floor(Date.now() / 1000) + 3_600;
  const signature = createHmac('sha256', TEST_KEY).update(`${resource}\n${expiry}`).digest('base64');
  const token = `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=RootManageSharedAccessKey`;
  const properties = new Map<string, Encodable>([
    ['operation', 'put-token'],
    ['name', audience],
    ['type', 'servicebus.windows.net:sastoken'],
  ]);
  const writer = new Writer();
  writer.value(described(0x73, [ulong(1), null, null, null, 'cbs']));
  return writer.value(described(0x74, properties)).value(described(0x77, token)).finish();
}

/** Everything a client needs before it may use `paths`, in one piece. Handle 0 is its link to `$cbs`. */
export function authorized(port: number, ...paths: string[]): Buffer {
  const tokens = paths.map((path, index) => transfer(0, index, putToken(port, path)));
  return Buffer.concat([greeting(), attachSender(0, '$cbs'), ...tokens]);
}

/** Opens a plain connection to the broker. */
export function open(broker: BrokerProcess): Promise<Socket> {
  return new Promise((fulfil, reject) => {
    const socket = connect(broker.port, '127.0.0.1', () => fulfil(socket));
    socket.once('error', reject);
  });
}

/** Sends bytes on a new connection and returns all that is answered until the broker ends it, or `milliseconds` have gone by. */
export async function exchange(
  broker: BrokerProcess,
  bytes: Buffer,
  milliseconds: number,
): Promise<{ answer: Buffer; ended: boolean }> {
  const socket = await open(broker);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
  socket.write(bytes);
  const ended = await endOf(socket, milliseconds);
  socket.destroy();
  return { answer: Buffer.concat(chunks), ended };
}

/** Sends bytes and hangs up, then waits until the broker has noticed. Returns false when it has not within 5 seconds. */
export async function hitAndRun(broker: BrokerProcess, bytes: Buffer): Promise<boolean> {
  const socket = await open(broker);
  socket.on('data', () => undefined);
  socket.end(bytes);
  const ended = await endOf(socket, 5_000);
  socket.destroy();
  return ended;
}

function endOf(socket: Socket, milliseconds: number): Promise<boolean> {
  return new Promise((fulfil) => {
    const timer = setTimeout(() => fulfil(false), milliseconds);
    const ended = (): void => {
      clearTimeout(timer);
      fulfil(true);
    };
    socket.on('error', ended);
    socket.once('end', ended);
    socket.once('close', ended);
  });
}
