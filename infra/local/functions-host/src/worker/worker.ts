import { randomUUID } from 'node:crypto';
import { answerRequire } from './answer-require';
import { createCoreModule, type RegisteredFunction } from './core-module';
import { HookContext, PostInvocationContext, PreInvocationContext, runHooks } from './hooks';
import { loadApp } from './load-app';
import type {
  CoreInvocationContext,
  InvocationRequest,
  InvocationResponse,
  LogCategory,
  LogLevel,
  ProgrammingModel,
} from './rpc';

/** Takes one line of a function, or of the library when no function is named. */
export type WorkerLog = (level: LogLevel, category: LogCategory, message: string, functionName?: string) => void;

/** A function app that has started. */
export interface Worker {
  functions: RegisteredFunction[];
  invoke(fn: RegisteredFunction, request: InvocationRequest): Promise<InvocationResponse>;
  /** Runs the app's `appTerminate` hooks. */
  terminate(): Promise<void>;
}

/** What a Node worker of this version tells its host; the library is asked to add its own. */
const workerCapabilities = Object.fromEntries(
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
  const capabilities = await model.getCapabilities({ ...workerCapabilities });
  if (capabilities['HttpUri'] !== undefined) {
    throw new Error('The app asks for enableHttpStream, which this host does not imitate; remove it from app.setup');
  }
  core.lock();

  return {
    functions: [...core.functions.values()],
    invoke: (fn, request) => invoke(model, fn, request),
    terminate: () => runHooks(core.hooks.appTerminate, new HookContext(appHookData, appHookData)),
  };

  /** The order of calls of the real worker's InvocationHandler. */
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
      after.error = error ?? new Error('The function failed without an error');
    }

    coreContext.state = 'postInvocationHooks';
    await runHooks(core.hooks.postInvocation, after);
    if (after.error !== null && after.error !== undefined) throw after.error;
    return invocation.getResponse(context, after.result);
  }
}

interface InvocationLog {
  functionName: string;
  context: object | undefined;
}

/** A request for one invocation, with a trace of its own unless the caller brings one. */
export function invocationRequest(
  fn: RegisteredFunction,
  bindingName: string,
  input: InvocationRequest['inputData'][number]['data'],
  more: {
    triggerMetadata?: InvocationRequest['triggerMetadata'];
    traceParent?: string;
    retryContext?: InvocationRequest['retryContext'];
  } = {},
): InvocationRequest {
  const invocationId = randomUUID();
  const request: InvocationRequest = {
    invocationId,
    functionId: fn.metadata.functionId ?? fn.metadata.name,
    inputData: [{ name: bindingName, data: input }],
    triggerMetadata: more.triggerMetadata ?? {},
    traceContext: { traceParent: more.traceParent ?? newTraceParent(), traceState: '', attributes: {} },
  };
  if (more.retryContext !== undefined) request.retryContext = more.retryContext;
  return request;
}

/** A W3C trace context header value of a new trace. */
function newTraceParent(): string {
  const hex = (randomUUID() + randomUUID()).replaceAll('-', '');
  return `00-${hex.slice(0, 32)}-${hex.slice(32, 48)}-00`;
}
