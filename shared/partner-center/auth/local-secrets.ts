import { createHash } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { z } from 'zod';
import { systemErrorOf } from '#shared/partner-center/errors/system-error';
import type { SecretStore } from './secret-store';

export interface LocalSecretsOptions {
  /** The secrets as given from outside (environment variables), by name. */
  readonly given: Readonly<Record<string, string | undefined>>;
  /** Where rotated values are kept over a restart; readable by the owner only. */
  readonly file: string;
}

/** A rotated value, and the given one it grew from: a newly given value (a new consent) beats what was kept. */
const keptSecrets = z.record(z.string(), z.object({ grewFrom: z.string(), value: z.string() }));
type KeptSecrets = z.infer<typeof keptSecrets>;

/** Secrets given from outside, with a file for those that change. */
export function createLocalSecrets({ given, file }: LocalSecretsOptions): SecretStore {
  let writing: Promise<void> = Promise.resolve();

  async function write(name: string, value: string): Promise<void> {
    const kept: KeptSecrets = { ...(await readKept(file)), [name]: { grewFrom: hash(given[name]), value } };
    const draft = `${file}.new`;
    const handle = await open(draft, 'w', 0o600);
    try {
      await handle.writeFile(JSON.stringify(kept));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  }

  return {
    async get(name) {
      const kept = (await readKept(file))[name];
      const value = kept?.grewFrom === hash(given[name]) ? kept.value : given[name];
      if (value === undefined) throw new Error(`there is no secret ${name}`);
      return value;
    },
    set(name, value) {
      // One after the other: two writers at once would lose one of the two values.
      const written = writing.then(() => write(name, value));
      writing = written.catch(() => undefined);
      return written;
    },
  };
}

async function readKept(file: string): Promise<KeptSecrets> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (systemErrorOf(error)?.code === 'ENOENT') return {};
    throw error;
  }
  try {
    return keptSecrets.parse(JSON.parse(text));
  } catch {
    // The parser's message quotes the file; ours does not.
    throw new Error(`the secrets file ${file} is not in its format`);
  }
}

function hash(value: string | undefined): string {
  return createHash('sha256')
    .update(value ?? '')
    .digest('hex');
}
