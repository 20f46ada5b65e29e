import { z } from 'zod';
import { DEFAULT_RULE } from '#definitions/defaults';
import type { Definition } from '#definitions/definition';
import { type Filter, NEVER, type QueueSettings, type Rule } from '#definitions/settings';
import { camelCase } from './camel-case';
import { type Named, checkNames } from './config-names';
import { defined } from './defined';
import { duration } from './duration';
import { entityName, shortName } from './names';
import { sqlActionText, sqlFilterText } from './sql-text';

/** In the emulator's file an empty text means that nothing is set. */
const optionalText = z.string().transform((text) => (text === '' ? undefined : text));

const entityProperties = {
  DefaultMessageTimeToLive: duration(1_000, NEVER),
  DuplicateDetectionHistoryTimeWindow: duration(5_000, 7 * 24 * 60 * 60_000),
  RequiresDuplicateDetection: z.boolean(),
};

const receivingProperties = {
  DeadLetteringOnMessageExpiration: z.boolean(),
  DefaultMessageTimeToLive: duration(1_000, NEVER),
  ForwardDeadLetteredMessagesTo: optionalText,
  ForwardTo: optionalText,
  LockDuration: duration(5_000, 5 * 60_000),
  MaxDeliveryCount: z.number().int().min(1).max(2_000),
  RequiresSession: z.boolean(),
};

const correlationFilter = z
  .strictObject({
    ContentType: optionalText,
    CorrelationId: optionalText,
    Label: optionalText,
    MessageId: optionalText,
    ReplyTo: optionalText,
    ReplyToSessionId: optionalText,
    SessionId: optionalText,
    To: optionalText,
    Properties: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  })
  .partial();

const action = z.strictObject({ SqlExpression: sqlActionText });

const rule = z.strictObject({
  Name: shortName,
  Properties: z
    .discriminatedUnion('FilterType', [
      z.strictObject({
        FilterType: z.literal('Correlation'),
        CorrelationFilter: correlationFilter,
        Action: action.optional(),
      }),
      z.strictObject({
        FilterType: z.literal('Sql'),
        SqlFilter: z.strictObject({ SqlExpression: sqlFilterText }),
        Action: action.optional(),
      }),
    ])
    .optional(),
});

const queueProperties = z
  .strictObject({ ...entityProperties, ...receivingProperties })
  .partial()
  .default({});
const topicProperties = z.strictObject(entityProperties).partial().default({});
const subscriptionProperties = z.strictObject(receivingProperties).partial().default({});

const queue = z.strictObject({ Name: entityName, Properties: queueProperties });
const subscription = z.strictObject({
  Name: shortName,
  Properties: subscriptionProperties,
  Rules: z.array(rule).default([]),
});
const topic = z.strictObject({
  Name: entityName,
  Properties: topicProperties,
  Subscriptions: z.array(subscription).default([]),
});
const namespace = z
  .strictObject({ Name: z.string(), Queues: z.array(queue).default([]), Topics: z.array(topic).default([]) })
  .superRefine(({ Queues, Topics }, context) => {
    const names = [
      ...Queues.map(({ Name }, index): Named => ({ path: ['Queues', index, 'Name'], name: Name })),
      ...Topics.map(({ Name }, index): Named => ({ path: ['Topics', index, 'Name'], name: Name })),
    ];
    checkNames(context, names, [
      ...Queues.flatMap(({ Properties }, index) => targetsOf(Properties, ['Queues', index])),
      ...Topics.flatMap(({ Subscriptions }, topicIndex) =>
        Subscriptions.flatMap(({ Properties }, index) =>
          targetsOf(Properties, ['Topics', topicIndex, 'Subscriptions', index]),
        ),
      ),
    ]);
  });

function targetsOf(properties: z.infer<typeof subscriptionProperties>, path: (string | number)[]): Named[] {
  const keys = ['ForwardTo', 'ForwardDeadLetteredMessagesTo'] as const;
  return keys.map((key) => ({ path: [...path, 'Properties', key], name: properties[key] }));
}

const schema = z.strictObject({
  UserConfig: z.strictObject({ Namespaces: z.array(namespace).length(1), Logging: z.unknown().optional() }),
});

/** The defaults of the emulator's schema, which differ from those of the service. */
const EMULATOR_DEFAULTS: QueueSettings = {
  lockDuration: 60_000,
  maxDeliveryCount: 3,
  requiresSession: false,
  requiresDuplicateDetection: false,
  duplicateDetectionHistoryTimeWindow: 20_000,
  defaultMessageTimeToLive: 60 * 60_000,
  deadLetteringOnMessageExpiration: false,
  forwardTo: undefined,
  forwardDeadLetteredMessagesTo: undefined,
  maxSizeInMegabytes: 100,
  maxMessageSizeInKilobytes: 256,
};

/** Reads the Config.json of the official emulator. Throws a ZodError with the path of the first unknown key or impossible value. */
export function parseEmulatorConfig(json: unknown): Definition[] {
  const [config] = schema.parse(json).UserConfig.Namespaces;
  const descriptions: Definition[] = [];
  for (const { Name, Properties } of config?.Queues ?? []) {
    descriptions.push({ kind: 'queue', name: Name, settings: settingsOf(Properties) });
  }
  for (const { Name, Properties, Subscriptions } of config?.Topics ?? []) {
    descriptions.push({ kind: 'topic', name: Name, settings: settingsOf(Properties) });
    for (const { Name: name, Properties: properties, Rules } of Subscriptions) {
      const rules = Rules.length > 0 ? Rules.map(ruleOf) : [DEFAULT_RULE];
      descriptions.push({ kind: 'subscription', topic: Name, name, settings: settingsOf(properties), rules });
    }
  }
  return descriptions;
}

function settingsOf(given: Partial<z.infer<typeof queueProperties>>): QueueSettings {
  return { ...EMULATOR_DEFAULTS, ...defined(camelCase(given)) };
}

function ruleOf({ Name, Properties }: z.infer<typeof rule>): Rule {
  return { name: Name, filter: filterOf(Properties), action: Properties?.Action?.SqlExpression };
}

function filterOf(properties: z.infer<typeof rule>['Properties']): Filter {
  if (!properties) return { kind: 'true' };
  if (properties.FilterType === 'Sql') return { kind: 'sql', expression: properties.SqlFilter.SqlExpression };
  const { Properties = {}, ...system } = properties.CorrelationFilter;
  return { kind: 'correlation', filter: { ...camelCase(system), properties: Properties } };
}
