import { once } from 'node:events';
import type { Server } from 'node:http';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { HostState } from '#http/admin';
import { readKeys } from '#http/keys';
import { createHttpServer } from '#http/server';
import { createExecutor } from '#invocation/execute';
import {
  expandSettings,
  isHttp,
  isServiceBus,
  isTimer,
  readFunction,
  type HostedFunction,
} from '#invocation/hosted-function';
import { createInFlight } from '#invocation/in-flight';
import { invocationRequest } from '#invocation/invocation-request';
import type { Listener } from '#invocation/listener';
import { errorMessage } from '#log/describe-error';
import { createLog } from '#log/log';
import { createClientPool } from '#service-bus/client';
import { startServiceBusListener } from '#service-bus/listener';
import { readHostJson } from '#settings/host-json';
import { createSettings } from '#settings/settings';
import { startTimer, timerInfo } from '#timer/listener';
import { scheduleFunction } from '#timer/scheduled-function';
import { startWorker } from '#worker/worker';

interface HostOptions {
  /** The function app's folder. */
  readonly app: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** The file of the function keys; created at the first start. */
  readonly keysFile: string;
  readonly env: NodeJS.ProcessEnv;
  /** Takes whole lines of the log. */
  readonly sink: (lines: string) => void;
  /** Called when the host can't go on: the process must end with an error. */
  readonly onFatal: (message: string) => void;
}

/** A running host. */
export interface Host {
  readonly port: number;
  /** Drains: takes no new events, waits for the work under way, runs the app's `appTerminate` hooks. */
  stop(): Promise<void>;
}

const DEFAULT_BODY_LIMIT_BYTES = 104_857_600;

/** How long the results of functions may take to be written after a time-out, before the process ends. */
const SETTLE_LIMIT_MS = 1000;

/** How long connections may take to close: a broker that is gone must not delay the end of the process. */
const CLOSE_LIMIT_MS = 2000;

const MANUAL_RUN = 'This function was programmatically called via the host APIs.';

/** Starts a function app with all its triggers. Throws, in plain words, for anything that would keep it from starting on Azure. */
export async function startHost({ app, port, keysFile, env, sink, onFatal }: HostOptions): Promise<Host> {
  const hostJson = readHostJson(app, env);
  const settings = createSettings(env);
  const log = createLog(hostJson.logging.logLevel, sink);
  const worker = await startWorker(app, (level, category, message, functionName) => {
    const isOfFunction = functionName !== undefined && category === 'user';
    log.write(level, isOfFunction ? `Function.${functionName}.User` : 'Worker', message);
  });
  const functions = worker.functions.map((registered) => expandSettings(readFunction(registered), settings));
  const enabled = functions.filter(({ name }) => !settings.isDisabled(name));
  const execute = createExecutor({
    worker,
    log,
    timeout: hostJson.functionTimeout,
    onTimeout: (message) => void endAfterTimeout(message),
  });
  const manualRuns = createInFlight();
  let state: HostState = 'Starting';
  let listeners: readonly Listener[] = [];

  const httpFunctions = functions.filter(isHttp);
  const server = createHttpServer({
    functions: httpFunctions,
    isDisabled: (name) => settings.isDisabled(name),
    routePrefix: hostJson.extensions.http.routePrefix,
    bodyLimit: Number(settings.get('FUNCTIONS_REQUEST_BODY_SIZE_LIMIT') ?? DEFAULT_BODY_LIMIT_BYTES),
    keys: readKeys(
      keysFile,
      httpFunctions.map(({ name }) => name),
    ),
    execute,
    host: { state: () => state, runNow },
    log,
  });

  // Everything is checked before the first event can come: the app, its settings, and whether the port is free.
  const clients = createClientPool();
  const starts = enabled.map(prepare).filter((start) => start !== undefined);
  const ownPort = await listen(server, port);
  listeners = await Promise.all(starts.map((start) => start()));
  await Promise.all(listeners.map(({ attached }) => attached));
  state = 'Running';
  log.write('information', 'Host.Startup', `Host started: ${functions.map(({ name }) => name).join(', ')}`);
  return { port: ownPort, stop };

  /** Checks the trigger of a function and returns what starts its listener; undefined for HTTP functions, which need none. */
  function prepare(fn: HostedFunction): (() => Promise<Listener>) | undefined {
    if (isServiceBus(fn)) {
      const name = fn.trigger.connection;
      const connection = settings.connection(name, `Function ${fn.name}`);
      return async () =>
        startServiceBusListener({ fn, client: await clients.get(name, connection), host: hostJson, execute, log });
    }
    if (isTimer(fn)) {
      const { schedule, openStore } = scheduleFunction(fn, settings);
      return async () => startTimer({ fn, schedule, store: await openStore?.(), execute, log });
    }
    return undefined;
  }

  function runNow(name: string, input: string): boolean {
    const fn = enabled.find((each) => each.name.toLowerCase() === name.toLowerCase() && !isHttp(each));
    if (fn === undefined || state !== 'Running') return false;
    const data = isTimer(fn) ? timerInfo(undefined, false) : { string: input };
    const run = execute(fn, invocationRequest(fn.registered, fn.bindingName, data), MANUAL_RUN);
    void manualRuns.track(run.catch(() => undefined)); // how it ended is in the log
    return true;
  }

  /** Lets the failed invocation be answered, or its message be given back; then the process must end. */
  async function endAfterTimeout(message: string): Promise<void> {
    await nextTurn();
    await Promise.race([Promise.all(listeners.map((listener) => listener.settled())), sleep(SETTLE_LIMIT_MS)]);
    log.flush();
    onFatal(message);
  }

  async function closeConnections(): Promise<void> {
    await Promise.all(listeners.map((listener) => listener.close()));
    await clients.close();
  }

  async function stop(): Promise<void> {
    state = 'Stopping';
    const closed = once(server, 'close');
    server.close();
    server.closeIdleConnections();
    await Promise.all([closed, manualRuns.idle(), ...listeners.map((listener) => listener.stop())]);
    await worker.terminate();
    const closing = closeConnections().catch((error: unknown) => {
      log.write('warning', 'Host.Shutdown', `A connection did not close: ${errorMessage(error)}`);
    });
    await Promise.race([closing, sleep(CLOSE_LIMIT_MS)]);
    log.flush();
  }
}

/** Listens on 127.0.0.1 and returns the port. */
async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(`Port ${port} can't be used (${errorMessage(error)}); choose another with --port`, {
      cause: error,
    });
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The HTTP server has no port');
  return address.port;
}
