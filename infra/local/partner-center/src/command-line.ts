import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type Settings, settingsSchema } from './model/settings';

/** What the sandbox is started with. */
export interface CommandLine {
  readonly port: number;
  /** A second port with TLS, its certificate from the sandbox's own root; none by default. */
  readonly httpsPort: number | undefined;
  readonly dataDir: string;
  /** Go on from a damaged journal, without what can't be read in it. */
  readonly recover: boolean;
  /** Where signed events say that their certificate is; by default at the sandbox itself. */
  readonly certificateUrl: string | undefined;
  readonly settings: Settings;
}

/** One option of the command. */
interface Option {
  /** Without the two dashes. */
  readonly name: string;
  /** The kind of value, as usage texts write it; a switch has none. */
  readonly value: string | undefined;
  readonly meaning: string;
  readonly usual: string;
}

const PORT = '7072';
const DATA_DIR = '.data/partner-center';
const START_OPTIONS: readonly Option[] = [
  { name: 'port', value: '<port>', meaning: 'HTTP; 0 takes a free port', usual: PORT },
  { name: 'https-port', value: '<port>', meaning: 'HTTPS too, with a certificate of its own root', usual: 'none' },
  { name: 'data', value: '<folder>', meaning: 'where the state is kept', usual: DATA_DIR },
  {
    name: 'certificate-url',
    value: '<url>',
    meaning: 'where events say that their certificate is',
    usual: 'the sandbox itself',
  },
  {
    name: 'recover',
    value: undefined,
    meaning: 'go on from a damaged journal, without what can not be read; a copy of it is kept',
    usual: 'off',
  },
];

const portSchema = z.coerce.number().int().min(0).max(65_535);

/** Reads the arguments of the command. Throws an error in plain words for an unknown option or a bad value. */
export function readCommandLine(args: string[]): CommandLine {
  const given = readOptions(args);
  const settings = Object.keys(settingsSchema.shape).flatMap((name) => {
    const text = given.get(kebab(name));
    return text === undefined ? [] : [[name, readValue(text)]];
  });
  return {
    port: checked('port', portSchema, given.get('port') ?? PORT),
    httpsPort: checked('https-port', portSchema.optional(), given.get('https-port')),
    dataDir: given.get('data') ?? DATA_DIR,
    recover: given.has('recover'),
    certificateUrl: checked('certificate-url', z.url().optional(), given.get('certificate-url')),
    settings: checked(undefined, settingsSchema, Object.fromEntries(settings)),
  };
}

/** The text of `--help`: every option with its meaning and default, a line each. */
export function usage(): string {
  const options = [...START_OPTIONS, ...settingOptions()];
  const heads = options.map(({ name, value }) => `  --${name}${value === undefined ? '' : ` ${value}`}`);
  const width = Math.max(...heads.map((head) => head.length));
  return [
    'Usage: cartage-partner-center [options]',
    '',
    "A sandbox of Microsoft's Partner Center REST API, on 127.0.0.1. Nothing is ever bought.",
    '',
    ...options.map(
      ({ meaning, usual }, index) => `${(heads[index] ?? '').padEnd(width)}  ${meaning} (default: ${usual})`,
    ),
    `${'  --help'.padEnd(width)}  this text`,
  ].join('\n');
}

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The values of the options by name; of a repeated option the last counts. */
function readOptions(args: string[]): ReadonlyMap<string, string> {
  const known = [...START_OPTIONS, ...settingOptions()];
  const switches = new Set(known.filter(({ value }) => value === undefined).map(({ name }) => name));
  const options = Object.fromEntries(
    known.map(({ name }) => [name, { type: switches.has(name) ? 'boolean' : 'string' } as const]),
  );
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  const values = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') throw new Error(`Unexpected argument: ${token.value}`);
    const { name, rawName, value, inlineValue } = token;
    if (!Object.hasOwn(options, name)) throw new Error(`Unknown option: ${rawName}`);
    if (switches.has(name)) {
      if (value !== undefined) throw new Error(`${rawName} takes no value.`);
      values.set(name, 'on');
      continue;
    }
    if (value === undefined || (value.startsWith('--') && !inlineValue)) throw new Error(`${rawName} needs a value.`);
    values.set(name, value);
  }
  return values;
}

function readValue(text: string): unknown {
  if (text === 'on' || text === 'true') return true;
  if (text === 'off' || text === 'false') return false;
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** The value in this shape. Throws with the option that is wrong: this one, or the setting that the value names. */
function checked<T>(option: string | undefined, schema: z.ZodType<T>, value: unknown): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Error(`--${option ?? kebab(issue?.path.join('.') ?? '')}: ${issue?.message ?? 'not valid'}`);
}

function settingOptions(): Option[] {
  return Object.entries(z.toJSONSchema(settingsSchema).properties ?? {}).flatMap(([name, property]) => {
    if (typeof property === 'boolean') return [];
    const { type, default: usual, description: meaning = '', enum: choices } = property;
    const value = choices?.join('|') ?? (type === 'boolean' ? 'on|off' : 'number');
    return [{ name: kebab(name), value: `<${value}>`, meaning, usual: shown(usual) }];
  });
}

function shown(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
