import type { LogLevel } from '#log/log';
import { answerRequire } from './answer-require';
import { createCoreModule, type RegisteredFunction } from './core-module';
import { HookContext, PostInvocationContext, PreInvocationContext, runHooks } from './hooks';
import { loadApp } from './load-app';
import type {
  CoreInvocationContext,
  InvocationRequest,
  InvocationResponse,
  LogCategory,
  ProgrammingModel,
} from './rpc';

/** Takes one log message of a function, or of the library when no function is named. */
type WorkerLog = (level: LogLevel, category: LogCategory, message: string, functionName?: string) => void;

/** A function app that has started. */
export interface Worker {
  readonly functions: readonly RegisteredFunction[];
  invoke(fn: RegisteredFunction, request: InvocationRequest): Promise<InvocationResponse>;
  /** Runs the app's `appTerminate` hooks. */
  terminate(): Promise<void>;
}

/** The capabilities of the Node worker of this version; the library adds its own. */
const WORKER_CAPABILITIES = Object.fromEntries(
  [
    'RawHttpBodyBytes',
    'RpcHttpTriggerMetadataRemoved',
    'RpcHttpBodyOnly',
    'IgnoreEmptyValuedRpcHttpHeaders',
    'UseNullableValueDictionaryForHttp',
    'WorkerStatus',
    'TypedDataCollection',
    'HandlesWorkerTerminateMessage',
  ].map((name) => [name, 'true']),
);

/**
 * Starts a function app in this process, in the order of the real worker: entry file, `appStart` hooks, capabilities, end of registration.
 * Throws when the app can't be started or registers nothing.
 */
export async function startWorker(directory: string, write: WorkerLog): Promise<Worker> {
  const core = createCoreModule((level, category, message) => log(level, category, message));
  const appHookData = {};

  function log(level: LogLevel, category: LogCategory, message: string, invocation?: InvocationLog): void {
    const line = { level, message, category, invocationContext: invocation?.context, hookData: {}, appHookData };
    for (const hook of core.hooks.log) hook(line);
    write(line.level, category, line.message, invocation?.functionName);
  }

  answerRequire('@azure/functions-core', core.api);
  await loadApp(directory);
  const model = core.model();
  if (model === undefined) throw new Error(`No functions were registered by the app in ${directory}`);
  await runHooks(core.hooks.appStart, new HookContext(appHookData, appHookData));
  const capabilities = await model.getCapabilities({ ...WORKER_CAPABILITIES });
  if (capabilities['HttpUri'] !== undefined) {
    throw new Error('The app uses enableHttpStream, which this host does not support; remove it from app.setup');
  }
  core.lock();

  return {
    functions: [...core.functions.values()],
    invoke: (fn, request) => invoke(model, fn, request),
    terminate: () => runHooks(core.hooks.appTerminate, new HookContext(appHookData, appHookData)),
  };

  /** Makes its calls in the order of the real worker's InvocationHandler. */
  async function invoke(
    programmingModel: ProgrammingModel,
    { metadata, callback }: RegisteredFunction,
    request: InvocationRequest,
  ): Promise<InvocationResponse> {
    const invocationLog: InvocationLog = { functionName: metadata.name, context: undefined };
    const coreContext: CoreInvocationContext = {
      invocationId: request.invocationId,
      request,
      metadata,
      log: (level, category, message) => log(level, category, message, invocationLog),
    };
    const invocation = programmingModel.getInvocationModel(coreContext);
    const { context, inputs } = await invocation.getArguments();
    invocationLog.context = context;
    const hookData = {};

    coreContext.state = 'preInvocationHooks';
    const before = new PreInvocationContext(hookData, appHookData, context);
    before.inputs = inputs;
    before.functionCallback = callback;
    await runHooks(core.hooks.preInvocation, before);

    coreContext.state = 'invocation';
    const after = new PostInvocationContext(hookData, appHookData, context);
    after.inputs = before.inputs;
    try {
      after.result = await invocation.invokeFunction(context, before.inputs, before.functionCallback);
    } catch (error) {
      after.error = error ?? new Error('The function threw nothing');
    }

    coreContext.state = 'postInvocationHooks';
    await runHooks(core.hooks.postInvocation, after);
    if (after.error !== null && after.error !== undefined) throw after.error;
    return invocation.getResponse(context, after.result);
  }
}

interface InvocationLog {
  readonly functionName: string;
  context: object | undefined;
}
