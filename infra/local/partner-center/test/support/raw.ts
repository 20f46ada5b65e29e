import { connect } from 'node:net';

/** An answer read from the bytes of a connection; a chunked body is left as it is. */
interface RawAnswer {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

const HEAD = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/;

/**
 * Sends these bytes as they are, for requests that no client would make, and returns the first whole HTTP answer.
 * Throws with what came instead, or after five seconds of silence.
 */
export async function send(port: number, bytes: string | Buffer): Promise<RawAnswer> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  socket.setTimeout(5000, () => socket.destroy(new Error(`Silence after ${JSON.stringify(received)}`)));
  socket.write(bytes);
  const hasBody = !bytes.toString().startsWith('HEAD ');
  let received = '';
  for await (const piece of socket) {
    received += `${piece}`;
    const answer = parse(received, hasBody);
    if (answer) return answer;
  }
  throw new Error(`No answer, but ${JSON.stringify(received)}`);
}

function parse(received: string, hasBody: boolean): RawAnswer | undefined {
  const [whole, status, headers] = HEAD.exec(received) ?? [];
  if (whole === undefined || headers === undefined) return undefined;
  // "100 Continue" is not the answer yet.
  if (status === '100') return parse(received.slice(whole.length), hasBody);
  const body = received.slice(whole.length);
  const length = /^Content-Length: (\d+)\r$/im.exec(headers)?.[1];
  const isWhole = length === undefined ? body.endsWith('0\r\n\r\n') : Buffer.byteLength(body) >= Number(length);
  return isWhole || !hasBody ? { status: Number(status), headers, body } : undefined;
}
