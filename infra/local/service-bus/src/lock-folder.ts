import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

/** Who uses a data folder, as its lock file says. */
const ownerSchema = z.object({
  pid: z.number().int().positive(),
  command: z.string(),
  since: z.string(),
  machine: z.string(),
  /** When its process began, in the system's own words: another process of the same pid began at another time. */
  began: z.string().optional(),
});
type Owner = z.infer<typeof ownerSchema>;

/** A data folder that this process alone uses. */
export interface FolderLock {
  /** Lets others use the folder; harmless when it was done already. */
  release(): void;
}

const LOCK = /^in-use\.\d+\.[0-9a-f-]+\.json$/;
const LONGEST_COMMAND = 200;
const TRIES = 20;
const PAUSE_MS = 25;

/**
 * Makes sure that no other process uses a data folder, until `release` or the end of this process, however it ends. Rejects with the
 * owner when there is one. Every process first writes a lock file of its own and only then looks for those of others: so of two that
 * start at once at least one sees the other, and removing the file of a dead process can never remove that of a living one.
 * The same text stands in stack, service-bus and partner-center, which import nothing of each other and respect each other's locks.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  mkdirSync(folder, { recursive: true });
  const name = `in-use.${process.pid}.${randomUUID()}.json`;
  const file = join(folder, name);
  const began = beginOf(process.pid);
  const owner: Owner = {
    pid: process.pid,
    command: process.argv.join(' ').slice(0, LONGEST_COMMAND),
    since: new Date().toISOString(),
    machine: hostname(),
    ...(began === undefined ? {} : { began }),
  };
  // Renamed into its place, so that nobody reads half of it.
  writeFileSync(`${file}.new`, JSON.stringify(owner), { flag: 'wx' });
  renameSync(`${file}.new`, file);
  const release = (): void => {
    rmSync(file, { force: true });
    process.off('exit', release);
  };
  process.on('exit', release);
  for (let tries = 1; ; tries++) {
    const other = findOther(folder, name);
    if (other === undefined) return { release };
    // Of processes that start at once the one with the first name waits for the others to give way.
    if (other.name < name || tries >= TRIES) {
      release();
      throw new Error(inUse(folder, other));
    }
    await sleep(PAUSE_MS);
  }
}

interface Other {
  readonly name: string;
  /** Unknown when its file can't be read. */
  readonly owner: Owner | undefined;
}

/** Finds a living owner other than this one, and removes what dead ones have left. */
function findOther(folder: string, own: string): Other | undefined {
  for (const name of readdirSync(folder).toSorted()) {
    if (!LOCK.test(name) || name === own) continue;
    const owner = readOwner(join(folder, name));
    if (isAlive(Number(name.split('.')[1]), owner)) return { name, owner };
    rmSync(join(folder, name), { force: true });
  }
  return undefined;
}

function readOwner(file: string): Owner | undefined {
  try {
    return ownerSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function isAlive(pid: number, owner: Owner | undefined): boolean {
  if (owner !== undefined && owner.machine !== hostname()) return true; // not to be seen from here
  try {
    process.kill(pid, 0);
  } catch (error) {
    return z.object({ code: z.literal('EPERM') }).safeParse(error).success;
  }
  const began = beginOf(pid);
  return began !== 'ended' && (owner?.began === undefined || began === undefined || owner.began === began);
}

/** When a process began, `ended` for one that nobody has buried yet; undefined where the system does not tell. */
function beginOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // from the third on: state, ..., start in ticks
      return fields[0] === 'Z' ? 'ended' : `${boot} ${fields[19]}`;
    }
    if (process.platform === 'win32') return undefined;
    return execFileSync('ps', ['-o', 'lstart=', '-p', `${pid}`], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}

function inUse(folder: string, { name, owner }: Other): string {
  const file = join(folder, name);
  if (owner === undefined) {
    return `${folder} is in use by process ${name.split('.')[1]}. Stop it, or choose another folder with --data. Its lock: ${file}`;
  }
  const { pid, command, since, machine } = owner;
  const where = machine === hostname() ? '' : ` on ${machine}`;
  const isGone = machine === hostname() ? '' : ` If it does not run any more, remove ${file}.`;
  return `${folder} is in use by process ${pid}${where} since ${since}: ${command}\nStop it, or choose another folder with --data.${isGone}`;
}
