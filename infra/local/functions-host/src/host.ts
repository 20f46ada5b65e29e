import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  readFunction,
  type HostedFunction,
  type HttpTrigger,
  type ServiceBusTrigger,
  type TimerTrigger,
} from './bindings';
import { createExecutor } from './execute';
import { readHostJson } from './host-json';
import { readKeys } from './http/keys';
import { createHttpServer } from './http/server';
import { createInFlight } from './in-flight';
import type { Listener } from './listener';
import { createLog, type HostLog } from './log';
import { shareClient, type SharedClient } from './service-bus/client';
import { startServiceBusListener } from './service-bus/listener';
import { createSettings } from './settings';
import { startTimer, timerInfo } from './timer/listener';
import { readSchedule } from './timer/schedule';
import { createBlobStatusStore } from './timer/status';
import type { TypedData } from './worker/rpc';
import { invocationRequest, startWorker } from './worker/worker';

export interface HostOptions {
  /** The function app's folder. */
  app: string;
  /** 0 takes a free port. */
  port: number;
  /** The file of the function keys; made at the first start. */
  keysFile: string;
  env: NodeJS.ProcessEnv;
  /** Takes whole lines of the log. */
  sink: (lines: string) => void;
  /** Called when the host can't go on; the process is to end with an error. */
  onFatal: (message: string) => void;
}

/** A running host. */
export interface Host {
  port: number;
  log: HostLog;
  /** Drains: no new events, work under way ends, the app's appTerminate hooks run. */
  stop(): Promise<void>;
}

const defaultBodyLimit = 104_857_600;

/** Starts a function app with all its triggers. Throws, in plain words, for anything that would keep it from starting on Azure. */
export async function startHost({ app, port, keysFile, env, sink, onFatal }: HostOptions): Promise<Host> {
  const hostJson = readHostJson(app, env);
  const settings = createSettings(env);
  const log = createLog(hostJson.logging.logLevel, sink);
  const worker = await startWorker(app, (level, category, message, functionName) => {
    const suffix = category === 'user' ? '.User' : '';
    log.write(
      level,
      functionName === undefined || category !== 'user' ? 'Worker' : `Function.${functionName}${suffix}`,
      message,
    );
  });
  const functions = worker.functions.map(readFunction).map((fn) => resolveSettings(fn, settings));
  const enabled = functions.filter(({ name }) => !settings.isDisabled(name));
  const execute = createExecutor({ worker, log, timeout: hostJson.functionTimeout, onTimeout: onFatal });
  const manualRuns = createInFlight();
  let state: 'Starting' | 'Running' | 'Stopping' = 'Starting';

  const server = createHttpServer({
    functions: functions.filter(isHttp),
    isDisabled: (name) => settings.isDisabled(name),
    routePrefix: hostJson.extensions.http.routePrefix,
    bodyLimit: Number(settings.get('FUNCTIONS_REQUEST_BODY_SIZE_LIMIT') ?? defaultBodyLimit),
    keys: readKeys(
      keysFile,
      functions.filter(isHttp).map(({ name }) => name),
    ),
    execute,
    admin: { state: () => state, runNow },
    log,
  });

  const clients = new Map<string, Promise<SharedClient>>();
  const listeners: Listener[] = [];
  for (const fn of enabled.filter(isServiceBus)) {
    const client = await serviceBusClient(fn);
    listeners.push(startServiceBusListener({ fn, client, host: hostJson, execute, log }));
  }
  for (const fn of enabled.filter(isTimer)) listeners.push(await startTimerOf(fn));

  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  await Promise.all(listeners.map(({ attached }) => attached));
  state = 'Running';
  log.write('information', 'Host.Startup', `Host started: ${functions.map(({ name }) => name).join(', ')}`);
  return { port: portOf(server.address()), log, stop };

  function serviceBusClient({ name, trigger }: HostedFunction<ServiceBusTrigger>): Promise<SharedClient> {
    const connection = settings.connection(trigger.connection, `Function ${name}`);
    const known = clients.get(trigger.connection) ?? shareClient(connection);
    clients.set(trigger.connection, known);
    return known;
  }

  async function startTimerOf(fn: HostedFunction<TimerTrigger>): Promise<Listener> {
    const schedule = readSchedule(fn.trigger.schedule, new Date());
    const keepsStatus = fn.trigger.useMonitor && !schedule.isSubMinute;
    return startTimer({ fn, schedule, store: keepsStatus ? await timerStore(fn.name) : undefined, execute, log });
  }

  function timerStore(name: string): ReturnType<typeof createBlobStatusStore> {
    const storage = settings.get('AzureWebJobsStorage');
    if (storage === undefined)
      throw new Error(`Timer ${name} keeps its status in a blob: set AzureWebJobsStorage to a connection string`);
    return createBlobStatusStore(storage, settings.get('AzureFunctionsWebHost__hostid') ?? 'local');
  }

  function runNow(name: string, input: string): boolean {
    const fn = enabled.find((each) => each.name.toLowerCase() === name.toLowerCase() && !isHttp(each));
    if (fn === undefined || state !== 'Running') return false;
    const data: TypedData = isTimer(fn) ? timerInfo(undefined, false) : { string: input };
    const run = execute(
      fn,
      invocationRequest(fn.registered, fn.bindingName, data),
      'This function was programmatically called via the host APIs.',
    );
    void manualRuns.track(
      run.then(
        () => undefined,
        () => undefined,
      ),
    ); // how it ended is in the log
    return true;
  }

  async function closeConnections(): Promise<void> {
    await Promise.all(listeners.map((listener) => listener.close()));
    for (const client of clients.values()) await (await client).close();
  }

  async function stop(): Promise<void> {
    state = 'Stopping';
    const closed = once(server, 'close');
    server.close();
    server.closeIdleConnections();
    await Promise.all([closed, manualRuns.idle(), ...listeners.map((listener) => listener.stop())]);
    await worker.terminate();
    const closing = closeConnections().catch((error: unknown) => {
      log.write('warning', 'Host.Shutdown', `A connection did not close: ${String(error)}`);
    });
    await Promise.race([closing, sleep(closeLimitMs)]);
  }
}

/** The process ends anyway; a broker that is gone must not keep it. */
const closeLimitMs = 2000;

/** Replaces the `%Setting%` in every text of a trigger. */
function resolveSettings(fn: HostedFunction, settings: ReturnType<typeof createSettings>): HostedFunction {
  const expand = (text: string): string => settings.expand(text, `Function ${fn.name}`);
  const { trigger } = fn;
  switch (trigger.type) {
    case 'httpTrigger':
      return { ...fn, trigger: { ...trigger, ...(trigger.route !== undefined && { route: expand(trigger.route) }) } };
    case 'timerTrigger':
      return { ...fn, trigger: { ...trigger, schedule: expand(trigger.schedule) } };
    case 'serviceBusTrigger':
      return {
        ...fn,
        trigger: {
          ...trigger,
          ...(trigger.queueName !== undefined && { queueName: expand(trigger.queueName) }),
          ...(trigger.topicName !== undefined && { topicName: expand(trigger.topicName) }),
          ...(trigger.subscriptionName !== undefined && { subscriptionName: expand(trigger.subscriptionName) }),
        },
      };
  }
}

const isHttp = (fn: HostedFunction): fn is HostedFunction<HttpTrigger> => fn.trigger.type === 'httpTrigger';
const isTimer = (fn: HostedFunction): fn is HostedFunction<TimerTrigger> => fn.trigger.type === 'timerTrigger';
const isServiceBus = (fn: HostedFunction): fn is HostedFunction<ServiceBusTrigger> =>
  fn.trigger.type === 'serviceBusTrigger';

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('The HTTP server has no port');
  return address.port;
}
