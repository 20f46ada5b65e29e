import type { Operation } from '#journal/operations';
import type { Queue } from '#queues/queue';
import type { Entity } from './entities';

/** The operations that make the present state from nothing: what a compacted journal starts with. */
export function* snapshot(entities: readonly Entity[]): Generator<Operation> {
  for (const entity of entities)
    yield { kind: 'entity', entity: entity.queue.id, json: JSON.stringify(entity.description) };
  for (const entity of entities) {
    yield* queueSnapshot(entity.queue);
    if (entity.kind !== 'topic') yield* queueSnapshot(entity.deadLetters);
    if (entity.kind === 'subscription') continue;
    for (const [messageId, at] of entity.duplicates.entries()) {
      yield { kind: 'remember', entity: entity.queue.id, at, messageId };
    }
  }
}

function* queueSnapshot(queue: Queue): Generator<Operation> {
  const entity = queue.id;
  const locked = new Set(queue.locks.all().map(({ message }) => message.sequence));
  for (const message of queue.messages.values()) {
    const { sequence, state, enqueuedAt, expiresAt, scheduledFor, deadLetterSource, content } = message;
    // A delivery that is under way counts as failed, should the broker start from this snapshot.
    const failed = message.failed + (locked.has(sequence) && queue.routes.bury ? 1 : 0);
    yield {
      kind: 'put',
      reason: 'kept',
      entity,
      sequence,
      state,
      failed,
      enqueuedAt,
      expiresAt,
      scheduledFor,
      deadLetterSource,
      content,
    };
  }
  for (const [sessionId, state] of queue.sessions?.entries() ?? [])
    yield { kind: 'session-state', entity, sessionId, state };
  yield { kind: 'totals', entity, json: JSON.stringify(queue.totals) };
}
