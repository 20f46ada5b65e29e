import type { FunctionCallback, HookCallback } from './rpc';
import { SystemRangeError } from './system-error';

const HOOK_NAMES = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation', 'log'] as const;
type HookName = (typeof HOOK_NAMES)[number];

/** The hooks that an app registered, in order of registration. */
export type Hooks = Readonly<Record<HookName, Set<HookCallback>>>;

export const createHooks = (): Hooks => ({
  appStart: new Set(),
  appTerminate: new Set(),
  preInvocation: new Set(),
  postInvocation: new Set(),
  log: new Set(),
});

/** Reads a hook's name as the app wrote it; throws the error that the library expects for an unknown one. */
export function readHookName(name: string): HookName {
  const known = HOOK_NAMES.find((each) => each === name);
  if (known === undefined) throw new SystemRangeError(`Unrecognized hook "${name}"`);
  return known;
}

/** Calls the hooks one after the other; an error of one skips the rest and rejects. */
export async function runHooks(hooks: Set<HookCallback>, context: object): Promise<void> {
  for (const hook of hooks) await hook(context);
}

/** The argument of every hook. An app may change what is in these objects but, having only getters, not replace them. */
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
