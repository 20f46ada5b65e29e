import type { SandboxContext } from './sandbox-context';
import type { Answer } from '#wire/answer';
import type { Call } from '#wire/call';

/** One endpoint. */
export interface Route {
  /** Name for faults, for instance `checkout`. */
  readonly name: string;
  readonly method: string;
  /** Path below the API root; `{name}` is a parameter, the rest is compared in any case. */
  readonly path: string;
  /** Who may call: any token, only a user's (contract: "App+User"), or everyone (login authority, control endpoints). */
  readonly access: 'token' | 'user-token' | 'login' | 'control';
  /** What one request counts against (page "api-throttling-guidance"). */
  readonly throttle?: 'tenant' | 'carts';
  /** Only one request at a time may work on the resource this path parameter names. */
  readonly exclusive?: string;
  /** A POST that changes nothing: its MS-RequestId is not remembered. */
  readonly safe?: boolean;
  readonly answer: (call: Call, context: SandboxContext) => Answer;
}
