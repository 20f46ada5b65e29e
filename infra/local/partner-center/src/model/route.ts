import type { Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import type { SandboxContext } from './sandbox-context';

/** One endpoint. */
export interface Route {
  /** Name for faults, for instance `checkout`. */
  readonly name: string;
  readonly method: string;
  /** The path; `{name}` is a parameter, the rest is compared in any case. */
  readonly path: string;
  /** Who may call: any token, only a user's ("App+User"), or everyone (login authority, control endpoints). */
  readonly access: 'token' | 'user-token' | 'login' | 'control';
  /** What one request counts against (page "api-throttling-guidance"). */
  readonly throttle?: 'tenant' | 'carts';
  /** The path parameter that names the resource on which only one request at a time may work. */
  readonly exclusive?: string;
  /** A POST that changes nothing: its answer is not remembered. */
  readonly safe?: boolean;
  readonly answer: (call: Call, context: SandboxContext) => Answer;
}
