import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { LOG_LEVELS } from '#log/log';
import { readJsonObject } from './json-file';
import { readTimeSpan } from './time-span';

const timeSpan = z.string().transform(toMilliseconds);
/** `-1` means without a limit. */
const timeLimit = z.string().transform((text, context) => (text === '-1' ? undefined : toMilliseconds(text, context)));

function toMilliseconds(text: string, context: z.RefinementCtx): number {
  const milliseconds = readTimeSpan(text);
  if (milliseconds !== undefined) return milliseconds;
  context.addIssue(`"${text}" is not a TimeSpan such as 00:05:00 (one day is 1.00:00:00)`);
  return z.NEVER;
}

/** Values that come from the environment are text. */
const integer = z.coerce.number().int();
const flag = z.union([z.boolean(), z.stringbool()]);

const logLevel = z
  .string()
  .transform((text) => text.toLowerCase())
  .pipe(z.enum(LOG_LEVELS));

/** The part of host.json that this host uses; the defaults are those of the Functions host 4 and the Service Bus extension 5. */
const hostJson = z.object({
  version: z.literal('2.0'),
  functionTimeout: timeLimit.default(30 * 60_000),
  retry: z
    .undefined({ error: 'a retry policy for all functions is not supported for Service Bus triggers; remove it' })
    .optional(),
  logging: z.object({ logLevel: z.record(z.string(), logLevel).default({}) }).prefault({}),
  extensions: z
    .object({
      http: z.object({ routePrefix: z.string().default('api') }).prefault({}),
      serviceBus: z
        .object({
          prefetchCount: integer.min(0).default(0),
          autoCompleteMessages: flag.default(true),
          maxAutoLockRenewalDuration: timeSpan.default(5 * 60_000),
          maxConcurrentCalls: integer.min(1).default(16 * availableParallelism()),
          maxMessageBatchSize: integer.min(1).default(1000),
        })
        .prefault({}),
    })
    .prefault({}),
});

/** The content of host.json, durations in milliseconds; functionTimeout is undefined when there is no limit. */
export type HostJson = Readonly<z.infer<typeof hostJson>>;

const OVERRIDE_PREFIX = 'AzureFunctionsJobHost__';

/**
 * Reads host.json of an app, overridden by settings of the form `AzureFunctionsJobHost__a__b`
 * (https://learn.microsoft.com/azure/azure-functions/functions-host-json#override-hostjson-values).
 */
export function readHostJson(directory: string, env: NodeJS.ProcessEnv): HostJson {
  const file = resolve(directory, 'host.json');
  const raw = readJsonObject(file);
  for (const [name, value] of Object.entries(env)) {
    if (name.startsWith(OVERRIDE_PREFIX) && value !== undefined)
      override(raw, name.slice(OVERRIDE_PREFIX.length).split('__'), value);
  }
  const parsed = hostJson.safeParse(raw);
  if (!parsed.success) throw new Error(`${file} is invalid:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Sets one value by its path; the case of names does not matter, as in .NET configuration. */
function override(target: Record<string, unknown>, [name = '', ...rest]: string[], value: string): void {
  const key = Object.keys(target).find((each) => each.toLowerCase() === name.toLowerCase()) ?? name;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const below = z.record(z.string(), z.unknown()).catch({}).parse(target[key]);
  target[key] = below;
  override(below, rest, value);
}
