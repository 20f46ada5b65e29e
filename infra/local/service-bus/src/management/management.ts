import { AmqpError, entityNotFound, tooLarge } from '#amqp/amqp-error';
import { AmqpMap, type Decoded, type Encodable, int, symbol, uuid } from '#amqp/value';
import type { Place } from '#broker/address';
import type { Broker } from '#broker/broker';
import { cancelScheduled, maxMessageSize, send } from '#broker/sending';
import { written } from '#broker/written';
import type { Operation } from '#journal/operations';
import { encodedPairs, parseMessage } from '#messages/content';
import { encodeDelivery } from '#messages/delivery';
import type { Message } from '#queues/message';
import type { Queue } from '#queues/queue';
import type { Decision } from '#queues/settlement';
import { listIn, member, numberIn, numbersIn, textIn } from './body';
import { RULE_OPERATORS } from './management-rules';
import { SESSION_OPERATORS } from './management-sessions';
import type { Body, Operator } from './operator';
import type { Request, Response } from './request';

const MAX_PEEK = 250;
const MAX_PEEK_BYTES = 4 * 1024 * 1024;

const STATUS_CODES: Record<string, number> = {
  'com.microsoft:message-lock-lost': 410,
  'com.microsoft:session-lock-lost': 410,
  'com.microsoft:message-not-found': 404,
  'com.microsoft:server-busy': 503,
  'amqp:not-found': 404,
  'amqp:internal-error': 500,
};

const OPERATORS: Record<string, Operator> = {
  'com.microsoft:peek-message': peek,
  'com.microsoft:schedule-message': schedule,
  'com.microsoft:cancel-scheduled-message': cancel,
  'com.microsoft:receive-by-sequence-number': receiveBySequence,
  'com.microsoft:renew-lock': renew,
  'com.microsoft:update-disposition': updateDisposition,
  ...SESSION_OPERATORS,
  ...RULE_OPERATORS,
};

/** Answers a request to an entity's `$management`. An undefined body becomes 204, no content. */
export async function manage(request: Request, place: Place, broker: Broker): Promise<Response> {
  const operation = request.properties.get('operation');
  const operator = typeof operation === 'string' ? OPERATORS[operation] : undefined;
  try {
    if (!operator)
      throw new AmqpError(
        'amqp:not-implemented',
        `The operation ${typeof operation === 'string' ? operation : ''} is not known here.`,
      );
    if (!broker.has(place.entity)) throw entityNotFound(place.entity.queue.path);
    const body = await operator(request, place, broker);
    return body ? respond(request, 200, 'OK', body) : respond(request, 204, 'No content', new Map());
  } catch (error) {
    if (!(error instanceof AmqpError)) throw error;
    return respond(request, STATUS_CODES[error.condition] ?? 400, error.description, new Map(), error.condition);
  }
}

function respond(request: Request, code: number, description: string, body: Body, condition?: string): Response {
  const properties = new Map<string, Encodable>([
    ['statusCode', int(code)],
    ['statusDescription', description],
  ]);
  if (condition !== undefined) properties.set('errorCondition', symbol(condition));
  const tracking = request.properties.get('com.microsoft:tracking-id');
  if (typeof tracking === 'string') properties.set('com.microsoft:tracking-id', tracking);
  return { properties, body };
}

function peek({ body }: Request, { queue }: Place): Body | undefined {
  const from = numberIn(body, 'from-sequence-number');
  const count = Math.min(numberIn(body, 'message-count'), MAX_PEEK);
  const sessionId = member(body, 'session-id');
  const messages = queue.peek(from, count, typeof sessionId === 'string' ? sessionId : undefined);
  if (messages.length === 0) return undefined;
  const encoded: Encodable[] = [];
  let bytes = 0;
  for (const message of messages) {
    const delivery = encodeDelivery(message, undefined);
    bytes += delivery.length;
    if (encoded.length > 0 && bytes > MAX_PEEK_BYTES) break;
    encoded.push(new Map([['message', delivery]]));
  }
  return new Map([['messages', encoded]]);
}

async function schedule({ body }: Request, { entity }: Place, broker: Broker): Promise<Body> {
  if (entity.kind === 'subscription') throw new AmqpError('amqp:not-allowed', 'A subscription takes no messages.');
  const limit = maxMessageSize(entity);
  const arrivals = listIn(body, 'messages').map((entry) => {
    const bytes = member(entry, 'message');
    if (!Buffer.isBuffer(bytes)) throw new AmqpError('amqp:invalid-field', 'A message to schedule is missing.');
    if (bytes.length > limit) throw tooLarge(limit);
    const arrival = parseMessage(bytes);
    // A time that is past still gets a number; the message becomes active at once.
    return { ...arrival, scheduledFor: Math.max(arrival.scheduledFor ?? 0, broker.clock.now() + 1) };
  });
  const sequences = await new Promise<number[]>((fulfil, reject) => {
    send(broker, entity, arrivals, (error, numbers) => (error ? reject(error) : fulfil(numbers)));
  });
  return new Map([['sequence-numbers', { type: 'array', of: 'long', values: sequences }]]);
}

async function cancel({ body }: Request, { entity }: Place, broker: Broker): Promise<Body> {
  if (entity.kind === 'subscription')
    throw new AmqpError('amqp:not-allowed', 'A subscription has no scheduled messages.');
  await written((done) => cancelScheduled(broker, entity, numbersIn(body, 'sequence-numbers'), done));
  return new Map();
}

async function receiveBySequence({ body }: Request, { queue }: Place): Promise<Body> {
  const forGood = numberIn(body, 'receiver-settle-mode') === 0;
  const messages = numbersIn(body, 'sequence-numbers').map((sequence) => {
    const message = queue.messages.get(sequence);
    if (!message || message.state !== 'deferred' || message.taken) throw notFound(sequence);
    return message;
  });
  if (forGood) await removeAll(messages, queue);
  return new Map([['messages', messages.map((message) => (forGood ? plain(message) : locked(message, queue)))]]);
}

function plain(message: Message): Encodable {
  return new Map([['message', encodeDelivery(message, undefined)]]);
}

function locked(message: Message, queue: Queue): Encodable {
  const lock = queue.locks.take(message);
  return new Map<string, Encodable>([
    ['message', encodeDelivery(message, lock.until)],
    ['lock-token', uuid(swapGuid(lock.token))],
  ]);
}

async function removeAll(messages: readonly Message[], queue: Queue): Promise<void> {
  const operations = messages.map(({ sequence }): Operation => {
    return { kind: 'delete', entity: queue.id, sequence, reason: 'received' };
  });
  for (const message of messages) message.taken = true;
  try {
    await written((done) => queue.around.commit(operations, done));
  } catch (error) {
    for (const message of messages) message.taken = false;
    throw error;
  }
}

function renew({ body }: Request, { queue }: Place): Body {
  const expirations = tokensIn(body).map((token) => {
    const until = queue.locks.renew(queue.locks.find(token));
    if (until === undefined) throw queue.locks.lost();
    return until;
  });
  return new Map([['expirations', { type: 'array', of: 'timestamp', values: expirations }]]);
}

async function updateDisposition({ body }: Request, { queue }: Place): Promise<Body> {
  const decision = decisionIn(body);
  for (const token of tokensIn(body)) {
    await written((done) => queue.locks.settle(queue.locks.find(token), decision, done));
  }
  return new Map();
}

function decisionIn(body: Decoded): Decision {
  const properties = member(body, 'properties-to-modify');
  const pairs = properties instanceof AmqpMap ? encodedPairs(properties.pairs) : [];
  const changes = new Map(pairs.map(([name, value]) => [name, Buffer.from(value)]));
  const status = textIn(body, 'disposition-status') ?? '';
  switch (status) {
    case 'completed':
      return { kind: 'complete' };
    case 'abandoned':
      return { kind: 'abandon', changes };
    case 'defered':
      return { kind: 'defer', changes };
    case 'suspended': {
      const reason = textIn(body, 'deadletter-reason');
      return { kind: 'dead-letter', reason, description: textIn(body, 'deadletter-description'), changes };
    }
    default:
      throw new AmqpError('amqp:invalid-field', `The disposition status '${status}' is unknown.`);
  }
}

/** Turns a .NET Guid's bytes (first three groups little-endian) into RFC 4122 order, or back. */
function swapGuid(bytes: Buffer): Buffer {
  const swapped = Buffer.from(bytes);
  swapped.subarray(0, 4).reverse();
  swapped.subarray(4, 6).reverse();
  swapped.subarray(6, 8).reverse();
  return swapped;
}

function tokensIn(body: Decoded): Buffer[] {
  return listIn(body, 'lock-tokens').map((token) => {
    if (!Buffer.isBuffer(token) || token.length !== 16)
      throw new AmqpError('amqp:invalid-field', 'A lock token is malformed.');
    return swapGuid(token);
  });
}

function notFound(sequence: number): AmqpError {
  return new AmqpError(
    'com.microsoft:message-not-found',
    `A deferred message with the sequence number ${sequence} does not exist.`,
  );
}
