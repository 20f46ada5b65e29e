import { z } from 'zod';
import type { RegisteredFunction } from './worker/core-module';

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
    isSessionsEnabled: z.literal(false, { error: 'sessions are not imitated by this host' }).default(false),
    properties: z
      .object({
        supportsDeferredBinding: z.literal('false', { error: 'sdkBinding is not imitated by this host' }).optional(),
      })
      .prefault({}),
  })
  .refine(
    ({ queueName, topicName, subscriptionName }) =>
      queueName === undefined ? topicName !== undefined && subscriptionName !== undefined : topicName === undefined,
    'name either a queue or a topic with a subscription',
  );

const trigger = z.union([httpTrigger, timerTrigger, serviceBusTrigger]);

const retry = z.object({
  maxRetryCount: z.number(),
  retryStrategy: z.enum(['fixedDelay', 'exponentialBackoff']),
  delayInterval: z.object({ seconds: z.number() }).optional(),
  minimumInterval: z.object({ seconds: z.number() }).optional(),
  maximumInterval: z.object({ seconds: z.number() }).optional(),
});

export type HttpTrigger = z.infer<typeof httpTrigger>;
export type TimerTrigger = z.infer<typeof timerTrigger>;
export type ServiceBusTrigger = z.infer<typeof serviceBusTrigger>;
export type RetryPolicy = z.infer<typeof retry>;

/** A registered function with its trigger understood. */
export interface HostedFunction<T = HttpTrigger | TimerTrigger | ServiceBusTrigger> {
  name: string;
  registered: RegisteredFunction;
  bindingName: string;
  trigger: T;
  retry: RetryPolicy | undefined;
}

const supported = ['httpTrigger', 'timerTrigger', 'serviceBusTrigger'];

/** Reads what a function registered; throws, naming the function, for what this host does not imitate or Azure does not support. */
export function readFunction(registered: RegisteredFunction): HostedFunction {
  const { name, bindings, retryOptions } = registered.metadata;
  const triggers = Object.entries(bindings).filter(([, binding]) => /trigger$/i.test(String(binding['type'])));
  const [bindingName, binding] = triggers[0] ?? ['', {}];
  if (triggers.length !== 1) throw new Error(`Function ${name} has ${triggers.length} triggers; it needs exactly one`);
  const type = String(binding['type']);
  if (!supported.includes(type)) {
    throw new Error(`Function ${name} has a trigger of type ${type}; this host imitates ${supported.join(', ')}`);
  }
  for (const [other, { type: otherType, direction }] of Object.entries(bindings)) {
    if (other === bindingName || (other === '$return' && otherType === 'http')) continue;
    throw new Error(
      `Function ${name} has a binding (${String(direction)}) of type ${String(otherType)}, which this host does not imitate; use the service's SDK`,
    );
  }
  const schema = { httpTrigger, timerTrigger, serviceBusTrigger }[type];
  const parsed = (schema ?? trigger).safeParse(binding);
  if (!parsed.success)
    throw new Error(`The trigger of function ${name} does not fit:\n${z.prettifyError(parsed.error)}`);
  if (retryOptions !== undefined && parsed.data.type !== 'timerTrigger') {
    throw new Error(`Function ${name} has a retry policy, which Azure does not support for a ${type}; remove it`);
  }
  return {
    name,
    registered,
    bindingName,
    trigger: parsed.data,
    retry: retryOptions === undefined ? undefined : retry.parse(retryOptions),
  };
}
