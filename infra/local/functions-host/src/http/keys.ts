import { randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const keysFile = z.object({
  masterKey: z.string(),
  functionKeys: z.record(z.string(), z.string()),
  functions: z.record(z.string(), z.record(z.string(), z.string())),
});

/** The master key, the host keys that open every function, and each function's own keys, by key name. */
export type Keys = z.infer<typeof keysFile>;

export type AuthLevel = 'anonymous' | 'function' | 'admin';

/**
 * Reads the keys from a file, and makes those that are missing: a master key, a host key and one key for each function.
 * The file is readable by its owner alone.
 */
export function readKeys(file: string, functionNames: string[]): Keys {
  const keys: Keys = existsSync(file)
    ? keysFile.parse(JSON.parse(readFileSync(file, 'utf8')))
    : { masterKey: newKey(), functionKeys: { default: newKey() }, functions: {} };
  for (const name of functionNames) keys.functions[name] ??= { default: newKey() };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(keys, undefined, 2)}\n`, { mode: 0o600 });
  return keys;
}

/** True if a key opens a function (or, at level admin, the host itself). The master key opens everything. */
export function opens(keys: Keys, level: AuthLevel, functionName: string, key: string | undefined): boolean {
  if (level === 'anonymous') return true;
  if (key === undefined) return false;
  if (isSame(key, keys.masterKey)) return true;
  if (level === 'admin') return false;
  const accepted = [...Object.values(keys.functionKeys), ...Object.values(keys.functions[functionName] ?? {})];
  return accepted.some((each) => isSame(key, each));
}

const newKey = (): string => randomBytes(40).toString('base64url');

function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
