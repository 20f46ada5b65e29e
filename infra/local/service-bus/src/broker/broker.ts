import { isDeepStrictEqual } from 'node:util';
import { AmqpError } from '#amqp/amqp-error';
import type { Definition, Description, Times } from '#definitions/definition';
import { parseDescription } from '#definitions/description';
import type { QueueSettings } from '#definitions/settings';
import { Journal, type JournalOptions } from '#journal/journal';
import type { Operation } from '#journal/operations';
import { totalsSchema } from '#journal/totals';
import { Clock } from '#queues/clock';
import { Duplicates } from '#queues/duplicates';
import { Faults } from '#queues/faults';
import { Queue } from '#queues/queue';
import type { Routes } from '#queues/routes';
import type { Done, Surroundings } from '#queues/surroundings';
import { Rules } from '#rules/rules';
import type { Entity, QueueEntity, SubscriptionEntity } from './entities';
import { Routing } from './routing';
import { snapshot } from './snapshot';
import { written } from './written';

/** While more bytes than this wait to be written, sends are refused as busy: the disk is slower than the senders. */
const MAX_BACKLOG = 64 * 1024 * 1024;

/** All entities, and the journal they live in. */
export class Broker implements Surroundings {
  readonly clock = new Clock();
  /** Fulfilled when the entities it was opened with are on disk. */
  readonly defined: Promise<unknown>;
  readonly faults = new Faults();
  readonly routing = new Routing(
    (path) => this.find(path),
    () => this.clock.now(),
  );
  readonly #entities = new Map<string, Entity>();
  readonly #byId = new Map<number, Entity>();
  readonly #queues = new Map<number, Queue>();
  readonly #journal: Journal;
  /** What is being deleted. */
  readonly #doomed = new Set<Entity>();
  #nextId = 2;
  #live = false;

  /** Opens the data in a folder; entities of `definitions` are created, or take on the settings given there. */
  constructor(options: JournalOptions, definitions: readonly Definition[]) {
    this.#journal = Journal.open(options, {
      apply: (operation) => this.#apply(operation),
      liveBytes: () => this.#liveBytes(),
      snapshot: () => snapshot(this.all()),
    });
    this.#live = true;
    for (const queue of this.#queues.values()) queue.start();
    this.defined = Promise.all(definitions.map((definition) => written((done) => this.define(definition, done))));
  }

  /** Writes operations as one atomic record, applies them, then calls `done`; on failure nothing is applied. */
  commit = (operations: readonly Operation[], done: Done): void => {
    this.#journal.append(operations, (error) => {
      if (error) return done(new AmqpError('com.microsoft:server-busy', `The broker can't write: ${error.message}`));
      for (const operation of operations) this.#apply(operation);
      done(undefined);
    });
  };

  /** True while senders have to wait for the disk. */
  get behind(): boolean {
    return this.#journal.backlog > MAX_BACKLOG;
  }

  /** The entities, topics before their subscriptions. */
  all(): Entity[] {
    return [...this.#entities.values()];
  }

  /** The entity at a path such as `queue`, `topic` or `topic/Subscriptions/name`, whatever its case. */
  find(path: string): Entity | undefined {
    return this.#entities.get(path.toLowerCase());
  }

  /** Whether an entity, found before, is still there and not being deleted: nothing new may rest on what goes. */
  has(entity: Entity): boolean {
    return this.find(entity.queue.path) === entity && !this.#doomed.has(entity);
  }

  /** Creates an entity, or gives an existing one new settings. Throws AmqpError when that is not possible. */
  define(definition: Definition, done: Done): void {
    const existing = this.find(pathOf(definition));
    check(definition, existing);
    if (existing && this.#doomed.has(existing))
      throw new AmqpError('com.microsoft:server-busy', `'${pathOf(definition)}' is being deleted.`);
    const now = this.clock.now();
    const times: Times = existing?.description ?? { createdAt: now, updatedAt: now };
    const description = { ...definition, createdAt: times.createdAt, updatedAt: times.updatedAt };
    if (existing && isDeepStrictEqual(parseDescription(JSON.stringify(description)), existing.description))
      return done(undefined);
    description.updatedAt = now;
    if (!existing) this.#nextId += 2;
    const operation: Operation = {
      kind: 'entity',
      entity: existing?.queue.id ?? this.#nextId,
      json: JSON.stringify(description),
    };
    // Known at once, so that a subscription finds its topic while that is still being written.
    this.#applyEntity(operation);
    this.commit([operation], done);
  }

  /** Deletes an entity with all its messages, a topic with its subscriptions. */
  remove(entity: Entity, done: Done): void {
    const doomed: Entity[] = entity.kind === 'topic' ? [...entity.subscriptions.values(), entity] : [entity];
    for (const each of doomed) this.#doomed.add(each);
    this.commit(
      doomed.map(({ queue }) => ({ kind: 'entity', entity: queue.id, json: '' })),
      (error) => {
        for (const each of doomed) this.#doomed.delete(each);
        done(error);
      },
    );
  }

  /** Takes every lock away, of sessions too. */
  loseLocks(): void {
    for (const queue of this.#queues.values()) {
      for (const lock of queue.sessions?.all() ?? []) queue.sessions?.lose(lock);
      for (const lock of queue.locks.all()) queue.locks.lose(lock);
    }
  }

  /** Makes every write to the journal fail, or lets them succeed again. */
  failWrites(fail: boolean): void {
    this.#journal.failure = fail ? new Error('no space left on device (simulated)') : undefined;
  }

  /** Writes what waits and closes the files. */
  close(): void {
    this.clock.stop();
    this.#journal.close();
  }

  #liveBytes(): number {
    let bytes = 0;
    for (const queue of this.#queues.values()) bytes += queue.bytes;
    for (const entity of this.#entities.values()) if (entity.kind !== 'subscription') bytes += entity.duplicates.bytes;
    return bytes;
  }

  /** Whether the entity of the operation is there. */
  #apply(operation: Operation): boolean {
    if (operation.kind === 'entity') {
      this.#applyEntity(operation);
      return true;
    }
    const queue = this.#queues.get(operation.entity);
    // A record about an entity that was deleted meanwhile.
    if (!queue) return false;
    if (operation.kind === 'remember') this.#remember(operation);
    if (operation.kind === 'totals') Object.assign(queue.totals, totalsSchema.parse(JSON.parse(operation.json)));
    queue.apply(operation);
    return true;
  }

  #remember(operation: Extract<Operation, { kind: 'remember' }>): void {
    const entity = this.#byId.get(operation.entity);
    if (entity && entity.kind !== 'subscription') entity.duplicates.remember(operation.messageId, operation.at);
  }

  #applyEntity(operation: Extract<Operation, { kind: 'entity' }>): void {
    this.#nextId = Math.max(this.#nextId, operation.entity);
    if (operation.json === '') return this.#forget(operation.entity);
    const description = parseDescription(operation.json);
    const path = pathOf(description);
    const existing = this.find(path);
    if (existing) return update(existing, description);
    const entity = this.#create(operation.entity, path, description);
    this.#entities.set(path.toLowerCase(), entity);
    this.#byId.set(operation.entity, entity);
    if (entity.kind === 'subscription') this.#topicOf(entity)?.set(entity.description.name.toLowerCase(), entity);
  }

  #forget(id: number): void {
    const entity = this.#byId.get(id);
    if (!entity) return;
    entity.queue.stop();
    if (entity.kind !== 'topic') entity.deadLetters.stop();
    if (entity.kind === 'subscription') this.#topicOf(entity)?.delete(entity.description.name.toLowerCase());
    this.#entities.delete(entity.queue.path.toLowerCase());
    this.#byId.delete(id);
    this.#queues.delete(id);
    this.#queues.delete(id + 1);
  }

  #create(id: number, path: string, description: Description): Entity {
    switch (description.kind) {
      case 'queue': {
        const pair = this.#queuePair(id, path, description.settings, () => entity);
        const entity: QueueEntity = { kind: 'queue', description, ...pair, duplicates: new Duplicates() };
        return entity;
      }
      case 'topic': {
        const { routing } = this;
        const queue = this.#queue(id, path, description.settings, {
          arrive: (content, passage) => routing.arrive(entity, content, passage),
          bury: undefined,
        });
        const entity: Entity = {
          kind: 'topic',
          description,
          queue,
          duplicates: new Duplicates(),
          subscriptions: new Map(),
        };
        return entity;
      }
      case 'subscription': {
        const pair = this.#queuePair(id, path, description.settings, () => entity);
        const entity: SubscriptionEntity = {
          kind: 'subscription',
          description,
          ...pair,
          rules: new Rules(description.rules),
        };
        return entity;
      }
    }
  }

  #queuePair(
    id: number,
    path: string,
    settings: QueueSettings,
    entity: () => QueueEntity | SubscriptionEntity,
  ): { queue: Queue; deadLetters: Queue } {
    const { routing } = this;
    const deadLetters = this.#queue(id + 1, `${path}/$DeadLetterQueue`, deadLetterSettings(settings), {
      arrive: (content, passage) => [deadLetters.put(content, passage)],
      bury: undefined,
    });
    const queue = this.#queue(id, path, settings, {
      arrive: (content, passage) => routing.arrive(entity(), content, passage),
      bury: (content, failed) => routing.bury(entity(), content, failed),
    });
    return { queue, deadLetters };
  }

  #queue(id: number, path: string, settings: QueueSettings, routes: Routes): Queue {
    const queue = new Queue(id, path, settings, this, routes);
    this.#queues.set(id, queue);
    if (this.#live) queue.start();
    return queue;
  }

  #topicOf(entity: SubscriptionEntity): Map<string, SubscriptionEntity> | undefined {
    const topic = this.find(entity.description.topic);
    return topic?.kind === 'topic' ? topic.subscriptions : undefined;
  }
}

/** The path of an entity, as clients address it. */
export function pathOf(description: Definition): string {
  const { kind, name } = description;
  return kind === 'subscription' ? `${description.topic}/Subscriptions/${name}` : name;
}

/** A dead-letter queue is read without sessions. */
function deadLetterSettings(settings: QueueSettings): QueueSettings {
  return { ...settings, requiresSession: false };
}

/** What an entity is, and whether it requires sessions, is fixed when it is created, as the service has it. */
function check(definition: Definition, existing: Entity | undefined): void {
  if (definition.kind === 'subscription') void new Rules(definition.rules);
  const path = pathOf(definition);
  if (existing && existing.kind !== definition.kind) {
    throw new AmqpError('amqp:not-allowed', `'${path}' is a ${existing.kind} already: delete it first.`);
  }
  if (existing && existing.queue.settings.requiresSession !== definition.settings.requiresSession) {
    throw new AmqpError('amqp:not-allowed', `requiresSession of '${path}' can't be changed: delete it first.`);
  }
}

function update(entity: Entity, description: Description): void {
  entity.queue.settings = description.settings;
  if (entity.kind !== 'topic') entity.deadLetters.settings = deadLetterSettings(description.settings);
  if (entity.kind === 'queue' && description.kind === 'queue') entity.description = description;
  if (entity.kind === 'topic' && description.kind === 'topic') entity.description = description;
  if (entity.kind === 'subscription' && description.kind === 'subscription') {
    entity.description = description;
    entity.rules = new Rules(description.rules);
  }
}
