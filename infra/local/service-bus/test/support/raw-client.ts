import { createHmac } from 'node:crypto';
import { type Socket, connect } from 'node:net';
import { eventually } from '@cartage/stack/eventually';
import { AMQP_HEADER, SASL_HEADER, amqpFrame, saslFrame } from '#amqp/frames';
import { type Encodable, described, symbol, ubyte, uint, ulong } from '#amqp/value';
import { Writer } from '#amqp/writer';
import { type TestBroker, TEST_KEY } from './test-broker';

/**
 * What a client says before anything else: both headers, SASL, open and one session, all without waiting for answers. `window` is how
 * many frames it takes.
 */
export function greeting(window = 2_048): Buffer {
  return Buffer.concat([
    SASL_HEADER,
    saslFrame(0x41, [symbol('ANONYMOUS')]),
    AMQP_HEADER,
    amqpFrame(0, 0x10, ['raw-client', '127.0.0.1', uint(65_536)]),
    amqpFrame(0, 0x11, [null, uint(0), uint(window), uint(2_048)]),
  ]);
}

/** An attach of a link on which the client sends to `address`. */
export function attachSender(handle: number, address: string): Buffer {
  return attachTo(handle, described(0x29, [address]));
}

/** An attach of a link on which the client sends to any target. */
export function attachTo(handle: number, target: Encodable): Buffer {
  const source = described(0x28, ['me']);
  const fields = [`sender-${handle}`, uint(handle), false, ubyte(2), ubyte(0), source, target];
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

/** A flow that grants credit, to a link and within a session's window. */
export function grant(handle: number, credit: number, window = 2_048): Buffer {
  return amqpFrame(0, 0x13, [uint(0), uint(window), uint(0), uint(2_048), uint(handle), uint(0), uint(credit)]);
}

/** A disposition of the deliveries `first` to `last`: all accepted. */
export function accept(first: number, last: number): Buffer {
  return amqpFrame(0, 0x15, [true, uint(first), uint(last), false, described(0x24, [])]);
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

/** A request to `$management`, whose answer goes to the receiving link of the same session. */
export function request(operation: string, body: Record<string, Encodable>): Buffer {
  const writer = new Writer();
  writer.value(described(0x73, ['request', null, null, null, 'answers']));
  writer.value(described(0x74, new Map([['operation', `com.microsoft:${operation}`]])));
  return writer.value(described(0x77, new Map(Object.entries(body)))).finish();
}

/** What may be wrong with a token. */
export interface TokenOptions {
  key?: string;
  keyName?: string;
  /** The audience it is signed for, when that is not the one it is put for. */
  resource?: string;
  /** Seconds from now. */
  lifetime?: number;
}

/** A shared access signature for an audience. */
export function token(audience: string, options: TokenOptions = {}): string {
  const { key = TEST_KEY, keyName = 'RootManageSharedAccessKey', lifetime = 3_600 } = options;
  const resource = encodeURIComponent(options.resource ?? audience);
  const expiry = Math.floor(Date.now() / 1000) + lifetime;
  const signature = createHmac('sha256', key).update(`${resource}\n${expiry}`).digest('base64');
  return `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=${keyName}`;
}

/** A put-token request for an audience. */
export function putToken(audience: string, given: string): Buffer {
  const properties = new Map<string, Encodable>([
    ['operation', 'put-token'],
    ['name', audience],
    ['type', 'servicebus.windows.net:sastoken'],
  ]);
  const writer = new Writer();
  writer.value(described(0x73, [ulong(1), null, null, null, 'cbs']));
  return writer.value(described(0x74, properties)).value(described(0x77, given)).finish();
}

/** The audience of an entity of the broker. */
export function audienceOf(broker: TestBroker, path: string): string {
  return `sb://127.0.0.1:${broker.port}/${path}`;
}

/** Puts tokens for `paths`, over the link to `$cbs` that has the handle 0. */
export function authorize(broker: TestBroker, ...paths: string[]): Buffer {
  const tokens = paths.map((path, index) => {
    const audience = audienceOf(broker, path);
    return transfer(0, index, putToken(audience, token(audience)));
  });
  return Buffer.concat([attachSender(0, '$cbs'), ...tokens]);
}

/** Everything a client needs before it may use `paths`, in one piece. */
export function authorized(broker: TestBroker, ...paths: string[]): Buffer {
  return Buffer.concat([greeting(), authorize(broker, ...paths)]);
}

/** Opens a plain connection to the broker. */
function open(broker: TestBroker): Promise<Socket> {
  return new Promise((fulfil, reject) => {
    const socket = connect(broker.port, '127.0.0.1', () => fulfil(socket));
    socket.once('error', reject);
  });
}

/** A client that sends any bytes, and keeps all that is answered. */
export class RawClient {
  readonly #chunks: Buffer[] = [];
  /** True when the broker hung up. */
  ended = false;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => this.#chunks.push(Buffer.from(chunk)));
    for (const event of ['end', 'close', 'error']) socket.on(event, () => (this.ended = true));
  }

  static async connect(broker: TestBroker, ...bytes: Buffer[]): Promise<RawClient> {
    const client = new RawClient(await open(broker));
    client.say(...bytes);
    return client;
  }

  get answer(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  say(...bytes: Buffer[]): void {
    this.socket.write(Buffer.concat(bytes));
  }

  /** Waits until these bytes were answered. */
  async hears(bytes: string | Buffer): Promise<void> {
    await eventually(`the answer ${bytes.toString('latin1')}`, () => this.answer.includes(bytes));
  }

  /** Waits until the broker hangs up. */
  async isCutOff(): Promise<void> {
    await eventually('the broker hangs up', () => this.ended);
  }

  hangUp(): void {
    this.socket.resetAndDestroy();
  }
}

/** Sends bytes and hangs up, then waits until the broker has noticed. */
export async function hitAndRun(broker: TestBroker, bytes: Buffer): Promise<void> {
  const socket = await open(broker);
  socket.on('data', () => undefined);
  await new Promise((fulfil, reject) => {
    socket.setTimeout(5_000, () => reject(new Error('the broker does not answer')));
    socket.on('error', fulfil);
    socket.once('close', fulfil);
    socket.end(bytes);
  });
  socket.destroy();
}
