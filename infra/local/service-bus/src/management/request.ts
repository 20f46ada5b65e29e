import { Reader, decode } from '#amqp/reader';
import { AmqpMap, type Decoded, type Encodable } from '#amqp/value';
import { Writer } from '#amqp/writer';

/** A request to `$cbs` or `$management`. */
export interface Request {
  /** The request's message id, still encoded: the answer's correlation id must be of the same type. */
  readonly messageId: Buffer;
  readonly replyTo: string;
  readonly properties: AmqpMap;
  readonly body: Decoded;
}

/** What is answered: application properties (status) and the body. */
export interface Response {
  readonly properties: ReadonlyMap<string, Encodable>;
  readonly body: Encodable;
}

/** Reads a request message. Throws AmqpError. */
export function parseRequest(bytes: Buffer): Request {
  const reader = new Reader(bytes);
  let messageId: Buffer = NULL;
  let replyTo = '';
  let properties = new AmqpMap(Buffer.alloc(0));
  let body: Decoded = null;
  while (!reader.done) {
    const section = reader.descriptor();
    if (section === 0x73) {
      const { count } = reader.compound();
      const fields = Array.from({ length: count }, () => reader.skip());
      messageId = fields[0] ?? NULL;
      const address = fields[4] && decode(fields[4]);
      if (typeof address === 'string') replyTo = address;
    } else if (section === 0x74) {
      const value = reader.read();
      if (value instanceof AmqpMap) properties = value;
    } else if (section === 0x77) {
      body = reader.read();
    } else {
      reader.skip();
    }
  }
  return { messageId, replyTo, properties, body };
}

/** Encodes the answer to a request. */
export function encodeResponse(request: Request, response: Response): Buffer {
  const writer = new Writer(512);
  const properties = writer.descriptor(0x73).list(6);
  writer.null().null().null().null().null().raw(request.messageId).end(properties);
  writer.descriptor(0x74).value(response.properties);
  return writer.descriptor(0x77).value(response.body).finish();
}

const NULL = Buffer.from([0x40]);
