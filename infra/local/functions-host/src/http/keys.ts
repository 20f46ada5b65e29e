import { randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { HttpTrigger } from '#invocation/hosted-function';
import { readJsonObject } from '#settings/json-file';

const keysFile = z.object({
  masterKey: z.string(),
  functionKeys: z.record(z.string(), z.string()),
  functions: z.record(z.string(), z.record(z.string(), z.string())),
});

/** The master key, the host keys, which give access to every function, and each function's own keys; by key name. */
export type Keys = Readonly<z.infer<typeof keysFile>>;

type AuthLevel = HttpTrigger['authLevel'];

/**
 * Reads the keys from a file and creates those that are missing: a master key, a host key and one key for each function.
 * The file is readable by its owner alone.
 */
export function readKeys(file: string, functionNames: readonly string[]): Keys {
  const keys: Keys = existsSync(file)
    ? parseKeys(file)
    : { masterKey: newKey(), functionKeys: { default: newKey() }, functions: {} };
  for (const name of functionNames) keys.functions[name] ??= { default: newKey() };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(keys, undefined, 2)}\n`, { mode: 0o600 });
  return keys;
}

/** True if a key gives access to a function or, at level admin, to the host itself. The master key gives access to everything. */
export function opens(keys: Keys, level: AuthLevel, functionName: string, key: string | undefined): boolean {
  if (level === 'anonymous') return true;
  if (key === undefined) return false;
  if (isSame(key, keys.masterKey)) return true;
  if (level === 'admin') return false;
  const accepted = [...Object.values(keys.functionKeys), ...Object.values(keys.functions[functionName] ?? {})];
  return accepted.some((each) => isSame(key, each));
}

function parseKeys(file: string): Keys {
  const parsed = keysFile.safeParse(readJsonObject(file));
  if (!parsed.success) throw new Error(`${file} is not a file of function keys; delete it, and new keys are created`);
  return parsed.data;
}

const newKey = (): string => randomBytes(40).toString('base64url');

function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
