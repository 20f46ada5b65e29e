import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type Settings, settingsSchema } from './model/settings';

/** What the sandbox is started with. */
export interface CommandLine {
  readonly port: number;
  /** A second door with TLS, its certificate from the sandbox's own root; none unless asked for. */
  readonly httpsPort: number | undefined;
  readonly dataDir: string;
  /** What signed events name as the place of their certificate; the sandbox itself unless told. */
  readonly certificateUrl: string | undefined;
  readonly settings: Settings;
}

const portSchema = z.coerce.number().int().min(0).max(65_535);

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function readValue(text: string): unknown {
  if (text === 'on' || text === 'true') return true;
  if (text === 'off' || text === 'false') return false;
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** The value in this shape; what is wrong is told with the switch it is wrong with. */
function checked<T>(schema: z.ZodType<T>, value: unknown, name?: string): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Error(`--${kebab(name ?? `${issue?.path[0]}`)}: ${issue?.message ?? 'not valid'}`);
}

/** Reads the arguments after `node main.js`. Throws an error in plain words for an unknown switch or a bad value. */
export function readCommandLine(args: string[]): CommandLine {
  const names = Object.keys(settingsSchema.shape);
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string' },
      'https-port': { type: 'string' },
      data: { type: 'string' },
      'certificate-url': { type: 'string' },
      ...Object.fromEntries(names.map((name) => [kebab(name), { type: 'string' } as const])),
    },
  });
  const given = z.record(z.string(), z.string().optional()).parse(values);
  const chosen = names.flatMap((name) => {
    const text = given[kebab(name)];
    return text === undefined ? [] : [[name, readValue(text)]];
  });
  return {
    port: checked(portSchema, given['port'] ?? '7072', 'port'),
    httpsPort: checked(portSchema.optional(), given['https-port'], 'httpsPort'),
    dataDir: given['data'] ?? '.data/partner-center',
    certificateUrl: checked(z.url().optional(), given['certificate-url'], 'certificateUrl'),
    settings: checked(settingsSchema, Object.fromEntries(chosen)),
  };
}

/** All switches with their defaults and meanings, a line each. */
export function helpText(): string {
  const defaults = settingsSchema.parse({});
  const lines = Object.entries(settingsSchema.shape).map(([name, schema]) => {
    const value = Object.entries(defaults).find(([key]) => key === name)?.[1];
    return `  --${kebab(name)} (${value})  ${schema.description ?? ''}`;
  });
  return [
    'node main.js [--port 7072] [--data .data/partner-center] [--https-port N] [--certificate-url URL] [switches]',
    ...lines,
  ].join('\n');
}
