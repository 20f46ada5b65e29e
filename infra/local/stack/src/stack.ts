import { join } from 'node:path';
import { startChild, type Child } from './child';
import { createEntities } from './create-entities';
import { dataEntries, emptyDataDir } from './data-dir';
import { lockFolder, type FolderLock } from './lock-folder';
import { parts, type Part, type PartDescription } from './parts';
import { assertFree, freePorts, type Ports } from './ports';
import { localSettings, type LocalSettings } from './settings';
import { supervise, type Supervised } from './supervise';
import { projectFolder, readTopology, topologyFile } from './project';

export interface StackOptions {
  /** Where everything that outlives a restart is kept. */
  readonly dataDir: string;
  /** `free` takes any free port for each part. */
  readonly ports: 'free' | Ports;
  /** Takes every line of the parts' logs. */
  readonly log: (origin: Part | 'stack', line: string) => void;
  /** Settings for all parts; they win over the process's environment, which wins over the local defaults. */
  readonly env?: NodeJS.ProcessEnv;
  /** More arguments for the parts. */
  readonly storageArgs?: readonly string[];
  readonly brokerArgs?: readonly string[];
  readonly sandboxArgs?: readonly string[];
  /** Arguments for the Node that runs the functions host, such as `--inspect`. */
  readonly hostNodeArgs?: readonly string[];
  /** The function app's folder; this project's own by default. */
  readonly app?: string;
  /** Once aborted, every part is killed and none is started again; a start under way rejects. */
  readonly signal?: AbortSignal;
  /** When aborted during the start, what runs is stopped cleanly and the start rejects; later this does nothing. */
  readonly interrupt?: AbortSignal;
  /** The lock of the data folder, from a caller who has it already; the stack releases it when everything is stopped. */
  readonly lock?: FolderLock;
  /** Begins with empty data instead of what is there. */
  readonly fresh?: boolean;
  /** Lets broker and sandbox go on from a damaged journal, without what can't be read in it. */
  readonly recover?: boolean;
}

/** A running local stack. */
export interface Stack {
  readonly ports: Ports;
  readonly functionsUrl: string;
  readonly sandboxUrl: string;
  /** HTTP: health and counts of the broker. */
  readonly brokerAdminUrl: string;
  readonly serviceBusConnection: string;
  readonly storageConnection: string;
  /** The settings that the product sees, on top of the process's environment. */
  readonly settings: LocalSettings;
  /** The file with the function keys. */
  readonly keysFile: string;
  /** Resolves, with the reason, if a part died too often and everything was stopped. */
  readonly gaveUp: Promise<string>;
  /** The process id of a part at this moment. */
  pid(part: Part): number;
  /** Kills a part as a crash would; it stays down until `restart` or `reload`. */
  kill(part: Part): Promise<void>;
  /** Starts a part again, killing it before if it runs; resolves when it is ready. */
  restart(part: Part): Promise<void>;
  /** Starts a part again after a clean end; resolves when it is ready. */
  reload(part: Part): Promise<void>;
  /** Stops all parts: the host first, which finishes its work, then what it needs. */
  stop(): Promise<void>;
}

const HEALTH_LIMIT_MS = 10_000;

const isHost = ({ part }: PartDescription): boolean => part === 'host';
const groundwork = parts.filter((description) => !isHost(description));

/**
 * Starts storage, broker and sandbox side by side, and the functions host once they are healthy.
 * A part that dies is started again on the same port. Rejects, with nothing left running, when a part can't be started, and before
 * anything is touched when another stack uses the data folder.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { dataDir, log, signal, interrupt, fresh = false } = options;
  const ports: Ports = { ...(options.ports === 'free' ? freePorts : options.ports) };
  const env = { ...process.env, ...options.env };
  const keysFile = join(dataDir, dataEntries.functionKeys);
  const settings = (): LocalSettings => localSettings(ports, dataDir, env);
  const running = new Map<Part, Supervised>();
  /** For the first start only: damage that happens while the stack runs is for a person to see. */
  let recoverArgs: readonly string[] = options.recover === true ? ['--recover'] : [];
  let giveUp: (reason: string) => void = () => undefined;
  const gaveUp = new Promise<string>((resolve) => {
    giveUp = resolve;
  });
  let stopping: Promise<void> | undefined;
  let isUp = false;

  const partArgs: Record<Part, () => string[]> = {
    storage: () => ['--data', join(dataDir, dataEntries.storage), ...(options.storageArgs ?? [])],
    broker: () => [
      '--config',
      topologyFile,
      '--data',
      join(dataDir, dataEntries.broker),
      ...recoverArgs,
      ...(options.brokerArgs ?? []),
    ],
    sandbox: () => ['--data', join(dataDir, dataEntries.sandbox), ...recoverArgs, ...(options.sandboxArgs ?? [])],
    host: () => ['--app', options.app ?? projectFolder, '--keys', keysFile],
  };

  /** Starts the process of a part; it keeps the ports that it had before. */
  async function spawnPart({ part, script, ports: own }: PartDescription): Promise<Child> {
    const child = await startChild({
      name: part,
      script,
      args: [...own.flatMap(({ name, flag }) => [flag, `${ports[name]}`]), ...partArgs[part]()],
      nodeArgs: part === 'host' ? options.hostNodeArgs : [],
      env: part === 'host' ? { ...env, ...settings() } : env,
      log: (line) => log(part, line),
      signal,
      interrupt: isUp ? undefined : interrupt,
    });
    for (const { name, said } of own) ports[name] = child.ready[said] ?? ports[name];
    return child;
  }

  async function startPart(description: PartDescription): Promise<void> {
    const { part, health } = description;
    const started = performance.now();
    const supervised = await supervise({
      start: () => spawnPart(description),
      log: (line) => log('stack', `${part} ${line}`),
      onGiveUp: (reason) => void stop().then(() => giveUp(`${part} ${reason}`)),
      signal,
    });
    running.set(part, supervised);
    if (health !== undefined) await assertHealthy(`http://127.0.0.1:${ports[health.port]}${health.path}`);
    log('stack', `${part} is ready (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  }

  function stop(): Promise<void> {
    stopping ??= stopAll();
    return stopping;
  }

  async function stopAll(): Promise<void> {
    await running.get('host')?.stop();
    await Promise.all(groundwork.map(async ({ part }) => running.get(part)?.stop()));
    lock.release();
  }

  function partOf(part: Part): Supervised {
    const found = running.get(part);
    if (found === undefined) throw new Error(`${part} has not been started`);
    return found;
  }

  await assertFree(ports);
  const lock = options.lock ?? (await lockFolder(dataDir));
  try {
    if (fresh) await emptyDataDir(dataDir);
    await allOrFirstError(groundwork.map(startPart));
    await orInterrupt(createEntities(settings().StorageConnection, readTopology()), interrupt);
    await allOrFirstError(parts.filter(isHost).map(startPart));
    interrupt?.throwIfAborted();
  } catch (error) {
    await stop();
    throw error;
  }
  isUp = true;
  recoverArgs = [];

  return {
    ports,
    functionsUrl: `http://127.0.0.1:${ports.functions}`,
    sandboxUrl: `http://127.0.0.1:${ports.sandbox}`,
    brokerAdminUrl: `http://127.0.0.1:${ports.brokerAdmin}`,
    serviceBusConnection: settings().ServiceBusConnection,
    storageConnection: settings().StorageConnection,
    settings: settings(),
    keysFile,
    gaveUp,
    pid: (part) => partOf(part).pid(),
    kill: (part) => partOf(part).kill(),
    restart: (part) => partOf(part).restart(),
    reload: (part) => partOf(part).reload(),
    stop,
  };
}

/** Waits for all, so that what is to be stopped is known, and rejects with the first error. */
async function allOrFirstError(starts: readonly Promise<void>[]): Promise<void> {
  for (const start of await Promise.allSettled(starts)) if (start.status === 'rejected') throw start.reason;
}

async function orInterrupt(work: Promise<void>, interrupt: AbortSignal | undefined): Promise<void> {
  if (interrupt === undefined) return work;
  interrupt.throwIfAborted();
  const interrupted = new Promise<never>((_, reject) => {
    interrupt.addEventListener('abort', () => reject(new Error('interrupted')), { once: true });
  });
  await Promise.race([work, interrupted]);
}

async function assertHealthy(url: string): Promise<void> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(HEALTH_LIMIT_MS) });
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}: it is not healthy`);
}
