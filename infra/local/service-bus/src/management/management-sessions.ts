import { AmqpError } from '#amqp/amqp-error';
import { timestamp } from '#amqp/value';
import type { Place } from '#broker/address';
import { written } from '#broker/written';
import type { Sessions } from '#queues/sessions';
import { member, mustText, numberIn } from './body';
import type { Body, Operator } from './operator';
import type { Request } from './request';

/** The management operations on sessions. */
export const SESSION_OPERATORS: Record<string, Operator> = {
  'com.microsoft:renew-session-lock': renew,
  'com.microsoft:get-session-state': getState,
  'com.microsoft:set-session-state': setState,
  'com.microsoft:get-message-sessions': list,
};

function renew({ body }: Request, place: Place): Body {
  return new Map([['expiration', timestamp(sessionsOf(place).renew(mustText(body, 'session-id')))]]);
}

function getState({ body }: Request, place: Place): Body {
  const sessions = sessionsOf(place);
  const { sessionId } = sessions.held(mustText(body, 'session-id'));
  return new Map([['session-state', sessions.state(sessionId) ?? null]]);
}

async function setState({ body }: Request, place: Place): Promise<Body> {
  const { sessionId } = sessionsOf(place).held(mustText(body, 'session-id'));
  const given = member(body, 'session-state');
  const state = Buffer.isBuffer(given) ? Buffer.from(given) : undefined;
  const { queue } = place;
  await written((done) => queue.around.commit([{ kind: 'session-state', entity: queue.id, sessionId, state }], done));
  return new Map();
}

function list({ body }: Request, place: Place): Body | undefined {
  const skip = numberIn(body, 'skip');
  const ids = sessionsOf(place)
    .ids()
    .slice(skip, skip + numberIn(body, 'top'));
  return ids.length === 0 ? undefined : new Map([['sessions-ids', ids]]);
}

function sessionsOf({ queue }: Place): Sessions {
  if (!queue.sessions) throw new AmqpError('amqp:not-allowed', 'The entity does not require sessions.');
  return queue.sessions;
}
