import { AmqpError } from '#amqp/amqp-error';
import type { OutgoingLink } from '#amqp/outgoing-link';
import { type Encodable, long, symbol } from '#amqp/value';
import type { Queue } from '#queues/queue';
import { type SessionLock, type Sessions, sessionLost } from '#queues/sessions';
import { Receiver } from './receiver';

const FILTER = 'com.microsoft:session-filter';
const TIMEOUT = 'com.microsoft:timeout';
const DEFAULT_TIMEOUT = 60_000;
const MAX_TIMEOUT = 600_000;
/** The ticks (100 ns) between the year 1, from which .NET counts, and 1970. */
const TICKS_1970 = 621_355_968_000_000_000;

/**
 * Attaches a receiver to a session: the one its filter names, or the next free one. The attach is answered when there is one.
 * Returns false for a queue without sessions. Throws AmqpError when the link and the queue don't agree about sessions.
 */
export function attachSession(link: OutgoingLink, queue: Queue): boolean {
  const { filter } = link.attach.source;
  const wanted = filter?.has(FILTER) ?? false;
  const { sessions } = queue;
  if (!sessions && wanted)
    throw new AmqpError('amqp:not-allowed', 'A session receiver needs an entity that requires sessions.');
  if (sessions && !wanted)
    throw new AmqpError('amqp:not-allowed', 'An entity that requires sessions needs a session receiver.');
  if (!sessions) return false;
  const sessionId = filter?.get(FILTER);
  if (typeof sessionId === 'string') hold(link, queue, sessions.accept(sessionId));
  else waitForNext(link, queue, sessions);
  return true;
}

function waitForNext(link: OutgoingLink, queue: Queue, sessions: Sessions): void {
  const asked = link.attach.properties?.get(TIMEOUT);
  const timeout = typeof asked === 'number' && asked > 0 ? Math.min(asked, MAX_TIMEOUT) : DEFAULT_TIMEOUT;
  const stop = sessions.acceptNext(
    timeout,
    (lock) => hold(link, queue, lock),
    () => link.refuse(new AmqpError('com.microsoft:timeout', 'No session with messages became available in time.')),
  );
  link.whenGone = stop;
}

function hold(link: OutgoingLink, queue: Queue, lock: SessionLock): void {
  const receiver = new Receiver(link, queue, lock.lane, lock);
  lock.lost = () => link.close(sessionLost());
  const filter: Encodable = new Map([[symbol(FILTER), lock.sessionId]]);
  const properties: Encodable = new Map([
    [symbol('com.microsoft:locked-until-utc'), long(lock.until * 10_000 + TICKS_1970)],
  ]);
  link.accept(receiver, filter, properties);
  lock.lane.add(receiver);
}
