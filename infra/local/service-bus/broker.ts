import { AmqpError } from './amqp/amqp-error';
import { Clock } from './clock';
import { type Arrival, type Content, detach } from './content';
import { parseDescription } from './description';
import { Duplicates } from './duplicates';
import type { Description, Entity, QueueEntity, SubscriptionEntity, TopicEntity } from './entities';
import { factsOf, matches } from './filters';
import { Journal } from './journal';
import type { Operation } from './operations';
import { type Put, Queue, type Surroundings } from './queue';
import { NEVER, type QueueSettings } from './settings';
import { totalsSchema } from './totals';

/** Called when something is on disk, or could not be done. */
export type Done = (error: AmqpError | undefined) => void;

const MAX_HOPS = 4;

/** All entities, the journal they live in, and the ways messages take between them. */
export class Broker implements Surroundings {
  readonly clock = new Clock();
  private readonly entities = new Map<string, Entity>();
  private readonly byId = new Map<number, Entity>();
  private readonly queues = new Map<number, Queue>();
  private nextId = 2;
  private live = false;
  private readonly journal: Journal;

  /** Opens the data in `folder`; entities of `descriptions` are created, or take on the settings given there. */
  constructor(folder: string, sync: boolean, descriptions: readonly Description[]) {
    this.journal = Journal.open(folder, sync, (operation) => this.apply(operation));
    this.live = true;
    for (const queue of this.queues.values()) queue.start();
    for (const description of descriptions) this.define(description, () => undefined);
  }

  commit = (operations: readonly Operation[], done: Done): void => {
    this.journal.append(operations, (error) => {
      if (error) return done(new AmqpError('com.microsoft:server-busy', `The broker can not write: ${error.message}`));
      for (const operation of operations) this.apply(operation);
      done(undefined);
    });
  };

  /** The entities, topics before their subscriptions. */
  all(): Entity[] {
    return [...this.entities.values()];
  }

  /** The entity at a path such as `queue`, `topic` or `topic/Subscriptions/name`, whatever its case. */
  find(path: string): Entity | undefined {
    return this.entities.get(path.toLowerCase());
  }

  /** Creates an entity, or gives an existing one new settings. */
  define(description: Description, done: Done): void {
    const existing = this.find(pathOf(description));
    if (!existing) this.nextId += 2;
    const entity = existing?.queue.id ?? this.nextId;
    const operation: Operation = { type: 'entity', entity, json: JSON.stringify(description) };
    // Entities are known at once, so that a subscription finds its topic while that is still being written.
    this.applyEntity(operation);
    this.commit([operation], done);
  }

  /** Sends messages to a queue or topic, all or none. `done` gets the numbers of the scheduled ones. */
  send(
    entity: QueueEntity | TopicEntity,
    messages: readonly Arrival[],
    done: (error: AmqpError | undefined, sequences: number[]) => void,
  ): void {
    const operations: Operation[] = [];
    const sequences: number[] = [];
    const begun: string[] = [];
    const limit = entity.description.settings.maxSizeInMegabytes * 1024 * 1024;
    if (this.sizeOf(entity) > limit)
      return done(new AmqpError('amqp:resource-limit-exceeded', 'The quota of the entity is used up.'), []);
    for (const { content, scheduledFor } of messages) {
      const kept = detach(content);
      if (needsSession(entity) && kept.sessionId === undefined) return done(sessionMissing(), []);
      const scheduled = scheduledFor !== undefined && scheduledFor > this.clock.now();
      if (this.isDuplicate(entity, kept.messageId)) {
        operations.push({ type: 'drop', entity: entity.queue.id });
        if (scheduled) sequences.push(entity.queue.totals.nextSequence++);
        continue;
      }
      if (entity.description.settings.requiresDuplicateDetection) {
        entity.duplicates.begin(kept.messageId);
        begun.push(kept.messageId);
        operations.push({ type: 'remember', entity: entity.queue.id, at: this.clock.now(), messageId: kept.messageId });
      }
      if (scheduled) {
        const put = entity.queue.put(kept, 'scheduled', scheduledFor);
        sequences.push(put.sequence);
        operations.push(put);
      } else {
        operations.push(...this.route(entity, kept, 'sent', 0, 0));
      }
    }
    this.commit(operations, (error) => {
      if (error) for (const messageId of begun) entity.duplicates.abort(messageId);
      done(error, sequences);
    });
  }

  /** Takes back scheduled messages, all or none. */
  cancel(entity: QueueEntity | TopicEntity, sequences: readonly number[], done: Done): void {
    const messages = sequences.map((sequence) => entity.queue.messages.get(sequence));
    const operations: Operation[] = [];
    for (const message of messages) {
      if (!message || message.state !== 'scheduled' || message.taken) {
        return done(
          new AmqpError(
            'com.microsoft:message-not-found',
            'A scheduled message with this sequence number does not exist.',
          ),
        );
      }
      operations.push({ type: 'delete', entity: entity.queue.id, sequence: message.sequence, reason: 'cancelled' });
    }
    for (const message of messages) if (message) message.taken = true;
    this.commit(operations, (error) => {
      if (error) for (const message of messages) if (message) message.taken = false;
      done(error);
    });
  }

  /** Takes every lock away. */
  loseLocks(): void {
    for (const queue of this.queues.values()) for (const lock of queue.locks.all()) queue.locks.lose(lock);
  }

  /** Makes every write to the journal fail, or lets them succeed again. */
  failWrites(fail: boolean): void {
    this.journal.failure = fail ? new Error('no space left on device (ordered)') : undefined;
  }

  /** Writes what waits and lets the files go. */
  close(): void {
    this.clock.stop();
    this.journal.close();
  }

  private apply(operation: Operation): void {
    if (operation.type === 'entity') return this.applyEntity(operation);
    const queue = this.queues.get(operation.entity);
    if (!queue) return;
    if (operation.type === 'remember') this.remember(operation);
    if (operation.type === 'totals') Object.assign(queue.totals, totalsSchema.parse(JSON.parse(operation.json)));
    queue.apply(operation);
  }

  private remember(operation: Extract<Operation, { type: 'remember' }>): void {
    const entity = this.byId.get(operation.entity);
    if (entity && entity.kind !== 'subscription') entity.duplicates.remember(operation.messageId, operation.at);
  }

  private applyEntity(operation: Extract<Operation, { type: 'entity' }>): void {
    const description = parseDescription(operation.json);
    const path = pathOf(description);
    const existing = this.find(path);
    this.nextId = Math.max(this.nextId, operation.entity);
    if (existing) return update(existing, description);
    const entity = this.create(operation.entity, path, description);
    this.entities.set(path.toLowerCase(), entity);
    this.byId.set(operation.entity, entity);
    if (entity.kind === 'subscription')
      this.topicOf(entity)?.subscriptions.set(entity.description.name.toLowerCase(), entity);
  }

  private create(id: number, path: string, description: Description): Entity {
    switch (description.kind) {
      case 'queue': {
        const entity: QueueEntity = {
          kind: 'queue',
          description,
          ...this.queuePair(id, path, description.settings, () => entity),
          duplicates: new Duplicates(),
        };
        return entity;
      }
      case 'topic': {
        const settings = { ...topicQueueSettings, ...description.settings };
        const queue = this.queue(id, path, settings, {
          arrive: (content, reason, scheduledFor) => this.route(entity, content, reason, scheduledFor, 0),
          bury: undefined,
        });
        const entity: TopicEntity = {
          kind: 'topic',
          description,
          queue,
          duplicates: new Duplicates(),
          subscriptions: new Map(),
        };
        return entity;
      }
      case 'subscription': {
        const entity: SubscriptionEntity = {
          kind: 'subscription',
          description,
          ...this.queuePair(id, path, description.settings, () => entity),
        };
        return entity;
      }
    }
  }

  private queuePair(
    id: number,
    path: string,
    settings: QueueSettings,
    entity: () => QueueEntity | SubscriptionEntity,
  ): { queue: Queue; deadLetters: Queue } {
    const deadLetterSettings = { ...settings, requiresSession: false };
    const deadLetters = this.queue(id + 1, `${path}/$DeadLetterQueue`, deadLetterSettings, {
      arrive: (content, reason, scheduledFor) => [deadLetters.put(content, reason, scheduledFor)],
      bury: undefined,
    });
    const queue = this.queue(id, path, settings, {
      arrive: (content, reason, scheduledFor) => this.route(entity(), content, reason, scheduledFor, 0),
      bury: (content, failed) => [deadLetters.put(content, 'dead-lettered', 0, undefined, failed)],
    });
    return { queue, deadLetters };
  }

  private queue(id: number, path: string, settings: QueueSettings, routes: Queue['routes']): Queue {
    const queue = new Queue(id, path, settings, this, routes);
    this.queues.set(id, queue);
    if (this.live) queue.start();
    return queue;
  }

  /** The operations that bring a content where it belongs: into a queue, or into every subscription whose rules let it through. */
  private route(
    entity: Entity,
    content: Content,
    reason: Put['reason'],
    scheduledFor: number,
    hops: number,
  ): Operation[] {
    if (entity.kind === 'topic') return this.fanOut(entity, content, reason, scheduledFor, hops);
    const target = entity.description.settings.forwardTo;
    if (target === undefined) return [entity.queue.put(content, reason, scheduledFor)];
    const next = this.find(target);
    if (!next || next.kind === 'subscription' || hops >= MAX_HOPS)
      return [entity.deadLetters.put(content, 'dead-lettered', 0)];
    return this.route(next, content, 'forwarded', scheduledFor, hops + 1);
  }

  private fanOut(
    topic: TopicEntity,
    content: Content,
    reason: Put['reason'],
    scheduledFor: number,
    hops: number,
  ): Operation[] {
    const facts = factsOf(content);
    const operations: Operation[] = [];
    for (const subscription of topic.subscriptions.values()) {
      if (!subscription.description.rules.some((rule) => matches(rule.filter, facts))) continue;
      operations.push(...this.route(subscription, content, reason, scheduledFor, hops));
    }
    return operations;
  }

  private isDuplicate(entity: QueueEntity | TopicEntity, messageId: string): boolean {
    const { requiresDuplicateDetection, duplicateDetectionHistoryTimeWindow } = entity.description.settings;
    return (
      requiresDuplicateDetection &&
      entity.duplicates.has(messageId, this.clock.now(), duplicateDetectionHistoryTimeWindow)
    );
  }

  private sizeOf(entity: QueueEntity | TopicEntity): number {
    if (entity.kind === 'queue') return entity.queue.bytes + entity.deadLetters.bytes;
    return [...entity.subscriptions.values()].reduce(
      (sum, { queue, deadLetters }) => sum + queue.bytes + deadLetters.bytes,
      entity.queue.bytes,
    );
  }

  private topicOf(entity: SubscriptionEntity): TopicEntity | undefined {
    const topic = this.find(entity.description.topic);
    return topic?.kind === 'topic' ? topic : undefined;
  }
}

const topicQueueSettings: QueueSettings = {
  lockDuration: 60_000,
  maxDeliveryCount: 10,
  requiresSession: false,
  requiresDuplicateDetection: false,
  duplicateDetectionHistoryTimeWindow: 0,
  defaultMessageTimeToLive: NEVER,
  deadLetteringOnMessageExpiration: false,
  forwardTo: undefined,
  forwardDeadLetteredMessagesTo: undefined,
  maxSizeInMegabytes: 1024,
  maxMessageSizeInKilobytes: 1024,
};

/** The path of an entity, as clients address it. */
export function pathOf(description: Description): string {
  return description.kind === 'subscription'
    ? `${description.topic}/Subscriptions/${description.name}`
    : description.name;
}

function update(entity: Entity, description: Description): void {
  if (entity.kind === 'queue' && description.kind === 'queue') {
    entity.description = description;
    Object.assign(entity.queue.settings, description.settings);
    Object.assign(entity.deadLetters.settings, description.settings, { requiresSession: false });
  } else if (entity.kind === 'subscription' && description.kind === 'subscription') {
    entity.description = description;
    Object.assign(entity.queue.settings, description.settings);
    Object.assign(entity.deadLetters.settings, description.settings, { requiresSession: false });
  } else if (entity.kind === 'topic' && description.kind === 'topic') {
    entity.description = description;
    Object.assign(entity.queue.settings, description.settings);
  }
}

function needsSession(entity: QueueEntity | TopicEntity): boolean {
  return entity.kind === 'queue' && entity.description.settings.requiresSession;
}

function sessionMissing(): AmqpError {
  return new AmqpError(
    'amqp:not-allowed',
    'The SessionId was not set on a message, and it cannot be sent to the entity.',
  );
}
