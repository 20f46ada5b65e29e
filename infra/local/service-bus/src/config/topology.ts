import { z } from 'zod';
import { DEFAULT_RULE, DEFAULT_SETTINGS } from '#definitions/defaults';
import type { Definition } from '#definitions/definition';
import { type Filter, NEVER, type Rule } from '#definitions/settings';
import { type Named, checkNames } from './config-names';
import { defined } from './defined';
import { duration } from './duration';
import { entityName, shortName } from './names';
import { sqlActionText, sqlFilterText } from './sql-text';

const MINUTE = 60_000;

const defaultMessageTimeToLive = duration(1000, NEVER);

const entity = {
  defaultMessageTimeToLive,
  maxMessageSizeInKilobytes: z.number().int().min(1).max(102_400),
  requiresDuplicateDetection: z.boolean(),
  duplicateDetectionHistoryTimeWindow: duration(20_000, 7 * 24 * 60 * MINUTE),
  maxSizeInMegabytes: z.number().int().min(1).max(81_920),
};

const receiving = {
  defaultMessageTimeToLive,
  lockDuration: duration(5_000, 5 * MINUTE),
  maxDeliveryCount: z.number().int().min(1).max(2_000),
  requiresSession: z.boolean(),
  deadLetteringOnMessageExpiration: z.boolean(),
  forwardTo: z.string().min(1),
  forwardDeadLetteredMessagesTo: z.string().min(1),
};

const queue = z.strictObject({ ...entity, ...receiving }).partial();
const subscriptionSettings = z.strictObject(receiving).partial();

const correlationFilter = z
  .strictObject({
    correlationId: z.string(),
    messageId: z.string(),
    to: z.string(),
    replyTo: z.string(),
    label: z.string(),
    sessionId: z.string(),
    replyToSessionId: z.string(),
    contentType: z.string(),
    properties: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  })
  .partial();

/** A rule with one filter or none (which takes everything), and an action if it wants one. */
const rule = z
  .strictObject({
    correlationFilter: correlationFilter.optional(),
    sqlFilter: z.strictObject({ sqlExpression: sqlFilterText }).optional(),
    action: z.strictObject({ sqlExpression: sqlActionText }).optional(),
  })
  .refine(({ correlationFilter: a, sqlFilter: b }) => !(a && b), { message: 'a rule has one filter, not two' });

const topic = z.strictObject({
  ...z.strictObject(entity).partial().shape,
  subscriptions: z
    .record(shortName, z.strictObject({ ...subscriptionSettings.shape, rules: z.record(shortName, rule).default({}) }))
    .default({}),
});

const topology = z
  .strictObject({
    queueDefaults: queue.default({}),
    queues: z.record(entityName, queue).default({}),
    topics: z.record(entityName, topic).default({}),
    subscriptionDefaults: subscriptionSettings.default({}),
    // For other programs that read the same file.
    tables: z.unknown().optional(),
    containers: z.unknown().optional(),
  })
  .superRefine((config, context) => {
    const names = (kind: 'queues' | 'topics'): Named[] =>
      Object.keys(config[kind]).map((name) => ({ path: [kind, name], name }));
    checkNames(
      context,
      [...names('queues'), ...names('topics')],
      [
        ...targetsOf(config.queueDefaults, ['queueDefaults']),
        ...Object.entries(config.queues).flatMap(([name, settings]) => targetsOf(settings, ['queues', name])),
        ...targetsOf(config.subscriptionDefaults, ['subscriptionDefaults']),
        ...Object.entries(config.topics).flatMap(([name, { subscriptions }]) =>
          Object.entries(subscriptions).flatMap(([subscription, settings]) =>
            targetsOf(settings, ['topics', name, 'subscriptions', subscription]),
          ),
        ),
      ],
    );
  });

function targetsOf(settings: z.infer<typeof subscriptionSettings>, path: string[]): Named[] {
  const keys = ['forwardTo', 'forwardDeadLetteredMessagesTo'] as const;
  return keys.map((key) => ({ path: [...path, key], name: settings[key] }));
}

/** Reads a topology (ARM property names, ISO 8601 durations). Throws a ZodError with the path of the first unknown key or impossible value. */
export function parseTopology(json: unknown): Definition[] {
  const config = topology.parse(json);
  const descriptions: Definition[] = [];
  for (const [name, settings] of Object.entries(config.queues)) {
    descriptions.push({
      kind: 'queue',
      name,
      settings: { ...DEFAULT_SETTINGS, ...defined(config.queueDefaults), ...defined(settings) },
    });
  }
  for (const [name, { subscriptions, ...settings }] of Object.entries(config.topics)) {
    descriptions.push({ kind: 'topic', name, settings: { ...DEFAULT_SETTINGS, ...defined(settings) } });
    for (const [subscription, { rules, ...own }] of Object.entries(subscriptions)) {
      const merged = { ...DEFAULT_SETTINGS, ...defined(config.subscriptionDefaults), ...defined(own) };
      descriptions.push({
        kind: 'subscription',
        topic: name,
        name: subscription,
        settings: merged,
        rules: rulesOf(rules),
      });
    }
  }
  return descriptions;
}

function rulesOf(rules: Record<string, z.infer<typeof rule>>): Rule[] {
  const named = Object.entries(rules).map(([name, given]): Rule => {
    return { name, filter: filterOf(given), action: given.action?.sqlExpression };
  });
  return named.length > 0 ? named : [DEFAULT_RULE];
}

function filterOf(given: z.infer<typeof rule>): Filter {
  if (given.sqlFilter) return { kind: 'sql', expression: given.sqlFilter.sqlExpression };
  if (!given.correlationFilter) return { kind: 'true' };
  const { properties = {}, ...filter } = given.correlationFilter;
  return { kind: 'correlation', filter: { ...filter, properties } };
}
