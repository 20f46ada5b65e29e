import { z } from 'zod';
import { AmqpError } from '#amqp/amqp-error';
import { type Broker, pathOf } from '#broker/broker';
import type { Entity, SubscriptionEntity } from '#broker/entities';
import { written } from '#broker/written';
import { entityName, shortName } from '#config/names';
import { DEFAULT_RULE, DEFAULT_SETTINGS } from '#definitions/defaults';
import type { Definition } from '#definitions/definition';
import type { Rule } from '#definitions/settings';
import { readRule, writeRule } from './rule-xml';
import { readSettings, writeEntity } from './settings-xml';
import { type Element, readXml, writeXml } from './xml';

/** A request of the SDK's admin client, as far as it matters. */
export interface AtomRequest {
  readonly method: string;
  /** The decoded path, without slashes at its ends. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** True for an update (`If-Match`), false for a creation. */
  readonly updates: boolean;
  readonly body: string;
}

/** What is answered: a status and a document. */
interface AtomResponse {
  readonly status: number;
  readonly body: string;
}

/** An answer other than success. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const RULES = /^(.+)\/subscriptions\/([^/]+)\/rules(?:\/([^/]+))?$/i;
const SUBSCRIPTIONS = /^(.+)\/subscriptions$/i;
const PAGE = 100;

const contentSchema = z.object({ entry: z.object({ content: z.record(z.string(), z.unknown()) }) });

/** Serves the calls of the SDK's admin client: create, get, update, list and delete of entities and rules, and counts. */
export async function serveAtom(request: AtomRequest, broker: Broker): Promise<AtomResponse> {
  try {
    return await serve(request, broker);
  } catch (error) {
    if (error instanceof Refusal) return refuse(error.status, error.message);
    if (error instanceof z.ZodError) return refuse(400, z.prettifyError(error));
    if (error instanceof AmqpError)
      return refuse(error.condition === 'com.microsoft:server-busy' ? 503 : 400, error.description);
    throw error;
  }
}

async function serve(request: AtomRequest, broker: Broker): Promise<AtomResponse> {
  const { path, query } = request;
  switch (path.toLowerCase()) {
    case '$namespaceinfo':
      return answer(200, entry(path, 0, namespaceInfo()));
    case '$resources/queues':
      return feed(query, entitiesOf(broker, 'queue').map(entityEntry));
    case '$resources/topics':
      return feed(query, entitiesOf(broker, 'topic').map(entityEntry));
  }
  const rules = RULES.exec(path);
  if (rules) return serveRules(request, broker, subscriptionAt(broker, rules[1] ?? '', rules[2] ?? ''), rules[3]);
  const list = SUBSCRIPTIONS.exec(path);
  if (!list) return serveEntity(request, broker);
  const topic = entityAt(broker, list[1] ?? '');
  if (topic.kind !== 'topic') throw new Refusal(404, `There is no topic '${list[1] ?? ''}'.`);
  return feed(query, [...topic.subscriptions.values()].map(entityEntry));
}

async function serveEntity({ method, path, updates, body }: AtomRequest, broker: Broker): Promise<AtomResponse> {
  switch (method) {
    case 'GET':
      return answer(200, entityEntry(entityAt(broker, path)));
    case 'PUT': {
      const existing = broker.find(path);
      if (existing && !updates) throw new Refusal(409, `SubCode=40900. Conflict. The entity '${path}' already exists.`);
      if (!existing && updates) throw new Refusal(404, `SubCode=40400. The entity '${path}' does not exist.`);
      await written((done) => broker.define(definitionFor(broker, path, existing, body), done));
      return answer(existing ? 200 : 201, entityEntry(entityAt(broker, path)));
    }
    case 'DELETE': {
      const entity = entityAt(broker, path);
      await written((done) => broker.remove(entity, done));
      return { status: 200, body: '' };
    }
    default:
      throw new Refusal(405, `${method} is not supported here.`);
  }
}

function definitionFor(broker: Broker, path: string, existing: Entity | undefined, body: string): Definition {
  const [kind, description] = readContent(body);
  const base = existing?.description.settings ?? DEFAULT_SETTINGS;
  const settings = readSettings(description, base);
  const subscription = /^(.+)\/subscriptions\/([^/]+)$/i.exec(path);
  if (kind === 'SubscriptionDescription' && subscription) {
    const topic = entityAt(broker, subscription[1] ?? '');
    if (topic.kind !== 'topic') throw new Refusal(404, `There is no topic '${subscription[1] ?? ''}'.`);
    const rules = existing?.kind === 'subscription' ? existing.description.rules : [firstRule(description)];
    const name = shortName.parse(subscription[2]);
    return { kind: 'subscription', topic: topic.description.name, name, settings, rules };
  }
  const name = existing?.queue.path ?? entityName.parse(path);
  if (kind === 'QueueDescription' && existing?.kind !== 'topic') return { kind: 'queue', name, settings };
  if (kind === 'TopicDescription' && existing?.kind !== 'queue') return { kind: 'topic', name, settings };
  throw new Refusal(400, `A ${kind} does not fit '${path}'.`);
}

function firstRule(description: unknown): Rule {
  const given = z.object({ DefaultRuleDescription: z.unknown() }).partial().parse(description).DefaultRuleDescription;
  return given === undefined ? DEFAULT_RULE : readRule(given);
}

async function serveRules(
  request: AtomRequest,
  broker: Broker,
  subscription: SubscriptionEntity,
  name: string | undefined,
): Promise<AtomResponse> {
  const { method, query, updates, body } = request;
  const { rules } = subscription.description;
  const toEntry = (rule: Rule): Element => entry(`${subscription.queue.path}/Rules/${rule.name}`, 0, writeRule(rule));
  if (name === undefined) return feed(query, rules.map(toEntry));
  const existing = rules.find((rule) => rule.name.toLowerCase() === name.toLowerCase());
  const replace = (changed: Rule[]): Promise<void> =>
    written((done) => broker.define({ ...subscription.description, rules: changed }, done));
  if (method === 'PUT') {
    if (existing && !updates) throw new Refusal(409, `SubCode=40900. Conflict. The rule '${name}' already exists.`);
    if (!existing && updates) throw new Refusal(404, `SubCode=40400. The rule '${name}' does not exist.`);
    const [, description] = readContent(body);
    const rule = readRule(description);
    await replace([...rules.filter((other) => other !== existing), rule]);
    return answer(existing ? 200 : 201, toEntry(rule));
  }
  if (!existing) throw new Refusal(404, `SubCode=40400. The rule '${name}' does not exist.`);
  if (method === 'GET') return answer(200, toEntry(existing));
  if (method !== 'DELETE') throw new Refusal(405, `${method} is not supported here.`);
  await replace(rules.filter((other) => other !== existing));
  return { status: 200, body: '' };
}

function readContent(body: string): [string, unknown] {
  const { content } = contentSchema.parse(readXml(body)).entry;
  const description = Object.entries(content).find(([key]) => key.endsWith('Description'));
  if (!description) throw new Refusal(400, 'The request holds no description.');
  return description;
}

function entityAt(broker: Broker, path: string): Entity {
  const entity = broker.find(path);
  if (!entity) throw new Refusal(404, `SubCode=40400. The entity '${path}' does not exist.`);
  return entity;
}

function subscriptionAt(broker: Broker, topic: string, name: string): SubscriptionEntity {
  const entity = entityAt(broker, `${topic}/Subscriptions/${name}`);
  if (entity.kind !== 'subscription') throw new Refusal(404, `SubCode=40400. There is no subscription '${name}'.`);
  return entity;
}

function entitiesOf(broker: Broker, kind: Entity['kind']): Entity[] {
  return broker.all().filter((entity) => entity.kind === kind);
}

function entityEntry(entity: Entity): Element {
  return entry(pathOf(entity.description), entity.description.updatedAt, writeEntity(entity));
}

function entry(path: string, updated: number, content: Element): Element {
  return {
    name: 'entry',
    attributes: { xmlns: 'http://www.w3.org/2005/Atom' },
    content: [
      { name: 'id', content: `https://127.0.0.1/${path}` },
      { name: 'title', attributes: { type: 'text' }, content: path },
      { name: 'updated', content: new Date(updated).toISOString() },
      { name: 'content', attributes: { type: 'application/xml' }, content: [content] },
    ],
  };
}

function feed(query: URLSearchParams, entries: readonly Element[]): AtomResponse {
  const skip = Number(query.get('$skip') ?? 0);
  const top = Math.min(Number(query.get('$top') ?? PAGE), PAGE);
  const more = skip + top < entries.length;
  const next = { rel: 'next', href: `https://127.0.0.1/?$skip=${skip + top}&$top=${top}` };
  return answer(200, {
    name: 'feed',
    attributes: { xmlns: 'http://www.w3.org/2005/Atom' },
    content: [
      { name: 'id', content: 'https://127.0.0.1/' },
      { name: 'link', attributes: { rel: 'self', href: 'https://127.0.0.1/' } },
      more ? { name: 'link', attributes: next } : undefined,
      ...entries.slice(skip, skip + top),
    ],
  });
}

function namespaceInfo(): Element {
  const now = new Date(0).toISOString();
  return {
    name: 'NamespaceInfo',
    attributes: { xmlns: 'http://schemas.microsoft.com/netservices/2010/10/servicebus/connect' },
    content: [
      { name: 'CreatedTime', content: now },
      { name: 'MessagingSKU', content: 'Premium' },
      { name: 'MessagingUnits', content: 1 },
      { name: 'ModifiedTime', content: now },
      { name: 'Name', content: '127.0.0.1' },
      { name: 'NamespaceType', content: 'Messaging' },
    ],
  };
}

function answer(status: number, document: Element): AtomResponse {
  return { status, body: `<?xml version="1.0" encoding="utf-8"?>${writeXml(document)}` };
}

/** The answer to a request that is refused. */
export function refuse(status: number, detail: string): AtomResponse {
  return answer(status, {
    name: 'Error',
    content: [
      { name: 'Code', content: status },
      { name: 'Detail', content: detail },
    ],
  });
}
