import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startChild, type Child } from './child';
import { createEntities } from './create-entities';
import { dataEntries } from './data-dir';
import { parts, type Part } from './parts';
import { assertFree, freePorts, type Ports } from './ports';
import { localSettings, type LocalSettings } from './settings';
import { supervise, type Supervised } from './supervise';
import { projectFolder, readTopology, topologyFile } from './topology';

export interface StackOptions {
  /** Where everything that outlives a restart is kept. */
  dataDir: string;
  /** `free` takes any free port for each part. */
  ports: 'free' | Ports;
  /** Takes every line of the parts' logs. */
  log: (part: Part | 'stack', line: string) => void;
  /** Settings for all parts; they win over the process's environment, which wins over the local defaults. */
  env?: NodeJS.ProcessEnv;
  /** More arguments for the parts. */
  storageArgs?: string[];
  brokerArgs?: string[];
  sandboxArgs?: string[];
  /** The function app's folder; this project's own by default. */
  app?: string;
}

/** A running local stack. */
export interface Stack {
  ports: Ports;
  functionsUrl: string;
  sandboxUrl: string;
  /** HTTP: health and counts of the broker. */
  brokerAdminUrl: string;
  serviceBusConnection: string;
  storageConnection: string;
  /** The settings that the product sees, on top of the process's environment. */
  settings: LocalSettings;
  /** The file with the function keys. */
  keysFile: string;
  /** Resolves, with the reason, if a part died too often and everything was stopped. */
  gaveUp: Promise<string>;
  /** The process id of a part at this moment. */
  pid(part: Part): number;
  /** Kills a part as a crash would; it stays down until `restart`. */
  kill(part: Part): Promise<void>;
  /** Starts a part again, killing it before if it runs; resolves when it is ready. */
  restart(part: Part): Promise<void>;
  /** Stops all parts in reverse order. */
  stop(): Promise<void>;
}

const healthLimitMs = 10_000;

/**
 * Starts storage, broker, sandbox and functions host, one after the other, each when the one before is healthy.
 * A part that dies is started again on the same port. Rejects, with nothing left running, when a part can't be started.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { dataDir, log } = options;
  const ports: Ports = { ...(options.ports === 'free' ? freePorts : options.ports) };
  const env = { ...process.env, ...options.env };
  const keysFile = join(dataDir, dataEntries.functionKeys);
  const settings = (): LocalSettings => localSettings(ports, dataDir, env);
  const running = new Map<Part, Supervised>();
  let giveUp: (reason: string) => void = () => undefined;
  const gaveUp = new Promise<string>((resolve) => {
    giveUp = resolve;
  });
  let stopping: Promise<void> | undefined;

  const partArgs: Record<Part, () => string[]> = {
    storage: () => ['--data', join(dataDir, dataEntries.storage), ...(options.storageArgs ?? [])],
    broker: () => [
      '--config',
      topologyFile,
      '--data',
      join(dataDir, dataEntries.broker),
      ...(options.brokerArgs ?? []),
    ],
    sandbox: () => ['--data', join(dataDir, dataEntries.sandbox), ...(options.sandboxArgs ?? [])],
    host: () => ['--app', options.app ?? projectFolder, '--keys', keysFile],
  };

  /** Starts the process of a part; it keeps the ports that it had before. */
  async function spawnPart({ part, script, ports: own }: (typeof parts)[number]): Promise<Child> {
    const child = await startChild({
      name: part,
      script,
      args: [...own.flatMap(({ name, flag }) => [flag, `${ports[name]}`]), ...partArgs[part]()],
      env: part === 'host' ? { ...env, ...settings() } : env,
      log: (line) => log(part, line),
    });
    for (const { name, said } of own) ports[name] = child.ready[said] ?? ports[name];
    return child;
  }

  function stop(): Promise<void> {
    stopping ??= stopAll();
    return stopping;
  }

  async function stopAll(): Promise<void> {
    for (const { part } of parts.toReversed()) await running.get(part)?.stop();
  }

  function partOf(part: Part): Supervised {
    const found = running.get(part);
    if (found === undefined) throw new Error(`${part} has not been started`);
    return found;
  }

  await assertFree(ports);
  mkdirSync(dataDir, { recursive: true });
  try {
    for (const description of parts) {
      const { part, health } = description;
      if (part === 'host') await createEntities(settings().StorageConnection, readTopology());
      const supervised = await supervise({
        start: () => spawnPart(description),
        log: (line) => log('stack', `${part} ${line}`),
        onGiveUp: (reason) => void stop().then(() => giveUp(`${part} ${reason}`)),
      });
      running.set(part, supervised);
      if (health !== undefined) await assertHealthy(`http://127.0.0.1:${ports[health.port]}${health.path}`);
    }
  } catch (error) {
    await stop();
    throw error;
  }

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
    stop,
  };
}

async function assertHealthy(url: string): Promise<void> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(healthLimitMs) });
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}: it is not healthy`);
}
