import { z } from 'zod';
import type { Settings } from '#settings/settings';
import type { RegisteredFunction } from '#worker/core-module';

const httpTrigger = z.object({
  type: z.literal('httpTrigger'),
  route: z.string().optional(),
  methods: z.array(z.string().transform((method) => method.toUpperCase())),
  authLevel: z
    .string()
    .transform((level) => level.toLowerCase())
    .pipe(z.enum(['anonymous', 'function', 'admin'])),
});

const timerTrigger = z.object({
  type: z.literal('timerTrigger'),
  schedule: z.string(),
  runOnStartup: z.boolean().default(false),
  useMonitor: z.boolean().default(true),
});

const serviceBusTrigger = z
  .object({
    type: z.literal('serviceBusTrigger'),
    connection: z.string().default('ServiceBus'),
    queueName: z.string().optional(),
    topicName: z.string().optional(),
    subscriptionName: z.string().optional(),
    cardinality: z.enum(['one', 'many']).default('one'),
    dataType: z.enum(['binary', 'string']).optional(),
    autoCompleteMessages: z.boolean().optional(),
    isSessionsEnabled: z.literal(false, { error: 'this host does not support sessions' }).default(false),
    properties: z
      .object({
        supportsDeferredBinding: z.literal('false', { error: 'this host does not support sdkBinding' }).optional(),
      })
      .prefault({}),
  })
  .refine(
    ({ queueName, topicName, subscriptionName }) =>
      queueName === undefined ? topicName !== undefined && subscriptionName !== undefined : topicName === undefined,
    'name either a queue or a topic with a subscription',
  );

const TRIGGERS = { httpTrigger, timerTrigger, serviceBusTrigger } as const;
const triggerType = z.enum(['httpTrigger', 'timerTrigger', 'serviceBusTrigger']);

/** What every binding has, whatever its type. */
const anyBinding = z.object({ type: z.string(), direction: z.string().optional() });

const retryPolicy = z.object({
  maxRetryCount: z.number(),
  retryStrategy: z.enum(['fixedDelay', 'exponentialBackoff']),
  delayInterval: z.object({ seconds: z.number() }).optional(),
  minimumInterval: z.object({ seconds: z.number() }).optional(),
  maximumInterval: z.object({ seconds: z.number() }).optional(),
});

export type HttpTrigger = Readonly<z.infer<typeof httpTrigger>>;
export type TimerTrigger = Readonly<z.infer<typeof timerTrigger>>;
export type ServiceBusTrigger = Readonly<z.infer<typeof serviceBusTrigger>>;
type Trigger = HttpTrigger | TimerTrigger | ServiceBusTrigger;
export type RetryPolicy = Readonly<z.infer<typeof retryPolicy>>;

/** A registered function with its trigger understood. */
export interface HostedFunction<T extends Trigger = Trigger> {
  readonly name: string;
  readonly registered: RegisteredFunction;
  readonly bindingName: string;
  readonly trigger: T;
  readonly retry: RetryPolicy | undefined;
}

export const isHttp = (fn: HostedFunction): fn is HostedFunction<HttpTrigger> => fn.trigger.type === 'httpTrigger';
export const isTimer = (fn: HostedFunction): fn is HostedFunction<TimerTrigger> => fn.trigger.type === 'timerTrigger';
export const isServiceBus = (fn: HostedFunction): fn is HostedFunction<ServiceBusTrigger> =>
  fn.trigger.type === 'serviceBusTrigger';

/** Reads what a function registered; throws, naming the function, for what this host or Azure does not support. */
export function readFunction(registered: RegisteredFunction): HostedFunction {
  const { name, bindings, retryOptions } = registered.metadata;
  const all = Object.entries(bindings).map(([key, raw]) => ({ key, raw, ...anyBinding.parse(raw) }));
  const triggers = all.filter(({ type }) => /trigger$/i.test(type));
  const [binding] = triggers;
  if (binding === undefined || triggers.length > 1)
    throw new Error(`Function ${name} has ${triggers.length} triggers; it needs exactly one`);
  const type = triggerType.safeParse(binding.type).data;
  if (type === undefined) {
    const supported = triggerType.options.join(', ');
    throw new Error(`Function ${name} has a trigger of type ${binding.type}; this host supports ${supported}`);
  }
  const other = all.find(({ key, type }) => key !== binding.key && !(key === '$return' && type === 'http'));
  if (other !== undefined) {
    const { type, direction = 'in' } = other;
    throw new Error(
      `Function ${name} has a binding (${direction}) of type ${type}, which this host does not support; use the service's SDK`,
    );
  }
  const parsed = TRIGGERS[type].safeParse(binding.raw);
  if (!parsed.success) throw new Error(`The trigger of function ${name} is invalid:\n${z.prettifyError(parsed.error)}`);
  if (retryOptions !== undefined && type !== 'timerTrigger') {
    throw new Error(`Function ${name} has a retry policy, which Azure does not support for a ${type}; remove it`);
  }
  return {
    name,
    registered,
    bindingName: binding.key,
    trigger: parsed.data,
    retry: retryOptions === undefined ? undefined : retryPolicy.parse(retryOptions),
  };
}

/** Replaces `%Setting%` wherever a trigger may contain it; throws when such a setting has no value. */
export function expandSettings(fn: HostedFunction, settings: Settings): HostedFunction {
  const expand = (text: string): string => settings.expand(text, `Function ${fn.name}`);
  const { trigger } = fn;
  switch (trigger.type) {
    case 'httpTrigger':
      return { ...fn, trigger: { ...trigger, route: trigger.route && expand(trigger.route) } };
    case 'timerTrigger':
      return { ...fn, trigger: { ...trigger, schedule: expand(trigger.schedule) } };
    case 'serviceBusTrigger': {
      const { queueName, topicName, subscriptionName } = trigger;
      return {
        ...fn,
        trigger: {
          ...trigger,
          queueName: queueName && expand(queueName),
          topicName: topicName && expand(topicName),
          subscriptionName: subscriptionName && expand(subscriptionName),
        },
      };
    }
  }
}
