import type { FunctionCallback, HookCallback } from './rpc';
import { SystemRangeError } from './system-error';

const hookNames = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation', 'log'] as const;
export type HookName = (typeof hookNames)[number];

/** The hooks an app registered, in order of registration. */
export type Hooks = Record<HookName, Set<HookCallback>>;

export const createHooks = (): Hooks => ({
  appStart: new Set(),
  appTerminate: new Set(),
  preInvocation: new Set(),
  postInvocation: new Set(),
  log: new Set(),
});

/** Reads a hook's name as the app wrote it; throws the error the library expects for one this host lacks. */
export function readHookName(name: string): HookName {
  const known = hookNames.find((each) => each === name);
  if (known === undefined) throw new SystemRangeError(`Unrecognized hook "${name}"`);
  return known;
}

/** Calls the hooks one after the other; the first that throws ends the row. */
export async function runHooks(hooks: Set<HookCallback>, context: object): Promise<void> {
  for (const hook of hooks) await hook(context);
}

/** What every hook is given: members that an app may read and fill but, having only getters, never replace. */
export class HookContext {
  readonly #hookData: object;
  readonly #appHookData: object;

  constructor(hookData: object, appHookData: object) {
    this.#hookData = hookData;
    this.#appHookData = appHookData;
  }

  get hookData(): object {
    return this.#hookData;
  }

  get appHookData(): object {
    return this.#appHookData;
  }
}

class InvocationHookContext extends HookContext {
  readonly #invocationContext: object;

  constructor(hookData: object, appHookData: object, invocationContext: object) {
    super(hookData, appHookData);
    this.#invocationContext = invocationContext;
  }

  get invocationContext(): object {
    return this.#invocationContext;
  }
}

/** A `preInvocation` hook may replace the inputs and the handler. */
export class PreInvocationContext extends InvocationHookContext {
  inputs: unknown[] = [];
  functionCallback: FunctionCallback = () => undefined;
}

/** A `postInvocation` hook may replace the result and the error. */
export class PostInvocationContext extends InvocationHookContext {
  inputs: unknown[] = [];
  result: unknown = null;
  error: unknown = null;
}
