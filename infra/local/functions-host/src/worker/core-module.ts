import type { LogLevel } from '#log/log';
import { createHooks, readHookName, type Hooks } from './hooks';
import type { FunctionCallback, FunctionMetadata, HookCallback, LogCategory, ProgrammingModel } from './rpc';
import { SystemError } from './system-error';

/** The versions that an app sees: the releases of host and worker whose behaviour this host reproduces. */
const HOST_VERSION = '4.1037.0';
const WORKER_VERSION = '3.10.1';

/** A function as the app registered it. */
export interface RegisteredFunction {
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
}

/** `@azure/functions-core`, and what the app registered through it. */
interface CoreModule {
  /** The exports of `@azure/functions-core`. */
  readonly api: object;
  readonly functions: ReadonlyMap<string, RegisteredFunction>;
  readonly hooks: Hooks;
  model(): ProgrammingModel | undefined;
  /** Ends registration: further ones throw, as after the start-up of the real worker. */
  lock(): void;
}

/** Undoes one registration. */
class Disposable {
  #undo: (() => void) | undefined;

  constructor(undo: () => void) {
    this.#undo = undo;
  }

  dispose(): void {
    this.#undo?.();
    this.#undo = undefined;
  }
}

/**
 * Makes the module that an app gets for `require('@azure/functions-core')` (setupCoreModule.ts of azure-functions-nodejs-worker).
 * @param log takes the lines that the library writes outside of an invocation
 */
export function createCoreModule(log: (level: LogLevel, category: LogCategory, message: string) => void): CoreModule {
  const functions = new Map<string, RegisteredFunction>();
  const hooks = createHooks();
  let model: ProgrammingModel | undefined;
  let locked = false;

  function registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
    if (locked) throw new SystemError('A function can only be registered during app startup.');
    const id = metadata.functionId ?? metadata.name;
    if (functions.has(id)) throw new SystemError(`A function with the id "${id}" has already been registered.`);
    functions.set(id, { metadata: { ...metadata, functionId: id }, callback });
    return new Disposable(() => {
      if (locked) throw new SystemError('A function can only be disposed during app startup.');
      functions.delete(id);
    });
  }

  function registerHook(name: string, callback: HookCallback): Disposable {
    const registered = hooks[readHookName(name)];
    registered.add(callback);
    return new Disposable(() => registered.delete(callback));
  }

  return {
    api: {
      version: WORKER_VERSION,
      hostVersion: HOST_VERSION,
      registerFunction,
      registerHook,
      setProgrammingModel: (value: ProgrammingModel) => {
        model = value;
      },
      getProgrammingModel: () => model,
      log,
      Disposable,
    },
    functions,
    hooks,
    model: () => model,
    lock: () => {
      locked = true;
    },
  };
}
