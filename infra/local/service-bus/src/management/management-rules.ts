import { AmqpError } from '#amqp/amqp-error';
import { AmqpMap, type Decoded, type Encodable, described, timestamp } from '#amqp/value';
import type { Place } from '#broker/address';
import type { Broker } from '#broker/broker';
import type { SubscriptionEntity } from '#broker/entities';
import { written } from '#broker/written';
import type { CorrelationFilter, Filter, Rule } from '#definitions/settings';
import { member, mustText, numberIn, textIn } from './body';
import type { Body, Operator } from './operator';
import type { Request } from './request';

/** Descriptors of rules, filters and actions in answers (azure-sdk-for-js, service-bus, managementClient). */
const RULE = 0x13700000004;
const NO_ACTION = 0x13700000005;
const SQL_ACTION = 0x13700000006;
const SQL_FILTER = 0x1370000006;
const TRUE_FILTER = 0x1370000007;
const FALSE_FILTER = 0x1370000008;
const CORRELATION_FILTER = 0x1370000009;

/** The text properties of a correlation filter: their key in a request, in the order of the answer. */
const CORRELATION_KEYS = [
  ['correlation-id', 'correlationId'],
  ['message-id', 'messageId'],
  ['to', 'to'],
  ['reply-to', 'replyTo'],
  ['label', 'label'],
  ['session-id', 'sessionId'],
  ['reply-to-session-id', 'replyToSessionId'],
  ['content-type', 'contentType'],
] as const satisfies [string, keyof CorrelationFilter][];

/** The management operations on a subscription's rules. */
export const RULE_OPERATORS: Record<string, Operator> = {
  'com.microsoft:add-rule': add,
  'com.microsoft:remove-rule': remove,
  'com.microsoft:enumerate-rules': enumerate,
};

async function add({ body }: Request, place: Place, broker: Broker): Promise<Body> {
  const subscription = subscriptionOf(place);
  const name = mustText(body, 'rule-name');
  const { rules } = subscription.description;
  if (rules.some((rule) => rule.name === name)) {
    throw new AmqpError('com.microsoft:entity-already-exists', `The rule '${name}' already exists.`);
  }
  await replace(broker, subscription, [...rules, readRule(name, member(body, 'rule-description') ?? null)]);
  return new Map();
}

async function remove({ body }: Request, place: Place, broker: Broker): Promise<Body> {
  const subscription = subscriptionOf(place);
  const name = mustText(body, 'rule-name');
  const { rules } = subscription.description;
  const left = rules.filter((rule) => rule.name !== name);
  if (left.length === rules.length) {
    const path = `${subscription.queue.path}/Rules/${name}`;
    throw new AmqpError('amqp:not-found', `The messaging entity '${path}' could not be found.`);
  }
  await replace(broker, subscription, left);
  return new Map();
}

function enumerate({ body }: Request, place: Place): Body | undefined {
  const skip = numberIn(body, 'skip');
  const rules = subscriptionOf(place)
    .description.rules.toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .slice(skip, skip + numberIn(body, 'top'));
  if (rules.length === 0) return undefined;
  return new Map([['rules', rules.map((rule) => new Map([['rule-description', writeRule(rule)]]))]]);
}

function replace(broker: Broker, { description }: SubscriptionEntity, rules: Rule[]): Promise<void> {
  return written((done) => broker.define({ ...description, rules }, done));
}

function subscriptionOf({ entity }: Place): SubscriptionEntity {
  if (entity.kind !== 'subscription') throw new AmqpError('amqp:not-allowed', 'Only subscriptions have rules.');
  return entity;
}

function readRule(name: string, description: Decoded): Rule {
  const action = member(description, 'sql-rule-action');
  const expression = action === undefined ? undefined : textIn(action, 'expression');
  return { name, filter: readFilter(description), action: expression === '' ? undefined : expression };
}

function readFilter(description: Decoded): Filter {
  const sql = member(description, 'sql-filter');
  if (sql !== undefined) return { kind: 'sql', expression: mustText(sql, 'expression') };
  const correlation = member(description, 'correlation-filter');
  if (correlation === undefined) return { kind: 'true' };
  const system = Object.fromEntries(CORRELATION_KEYS.map(([key, name]) => [name, textIn(correlation, key)]));
  return { kind: 'correlation', filter: { ...system, properties: readProperties(member(correlation, 'properties')) } };
}

function readProperties(map: Decoded | undefined): CorrelationFilter['properties'] {
  const properties: CorrelationFilter['properties'] = {};
  if (!(map instanceof AmqpMap)) return properties;
  for (const [name, value] of map) {
    const usable = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    if (typeof name !== 'string' || !usable)
      throw new AmqpError('amqp:invalid-field', 'A property of a correlation filter has an unusable type.');
    properties[name] = value;
  }
  return properties;
}

function writeRule({ name, filter, action }: Rule): Encodable {
  const writtenAction = action === undefined ? described(NO_ACTION, []) : described(SQL_ACTION, [action]);
  return described(RULE, [writeFilter(filter), writtenAction, name, timestamp(0)]);
}

function writeFilter(filter: Filter): Encodable {
  switch (filter.kind) {
    case 'true':
      return described(TRUE_FILTER, []);
    case 'false':
      return described(FALSE_FILTER, []);
    case 'sql':
      return described(SQL_FILTER, [filter.expression, null]);
    case 'correlation': {
      const { properties, ...system } = filter.filter;
      const map = new Map(Object.entries(properties).map(([name, value]) => [name, encodable(value)]));
      return described(CORRELATION_FILTER, [...CORRELATION_KEYS.map(([, name]) => system[name]), map]);
    }
  }
}

function encodable(value: string | number | boolean): Encodable {
  if (typeof value !== 'number') return value;
  return Number.isSafeInteger(value) ? { type: 'long', value } : { type: 'double', value };
}
