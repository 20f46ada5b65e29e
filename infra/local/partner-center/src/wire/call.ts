import type { z } from 'zod';
import { withKnownNames } from './known-names';
import type { Query } from './query';
import { refusal } from './refusal';

/** Who calls: an application by itself, or an application on behalf of a user. */
export interface Caller {
  readonly kind: 'app' | 'user';
  /** Client id of the application, or object id of the user: what the API writes into `lastModifiedUser`. */
  readonly id: string;
  readonly applicationId: string;
}

/** What a call is made of. */
interface CallParts {
  readonly path: string;
  readonly query: Query;
  readonly requestId: string;
  readonly correlationId: string;
  readonly caller: Caller;
  /** The values of the path's parameters, by name. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body as it came. */
  readonly text: string;
}

/** One request on a route, as the resources see it. */
export class Call {
  readonly path: string;
  readonly query: Query;
  readonly requestId: string;
  readonly correlationId: string;
  readonly caller: Caller;
  readonly text: string;
  readonly #parameters: CallParts['parameters'];
  readonly #headers: CallParts['headers'];

  constructor(parts: CallParts) {
    this.path = parts.path;
    this.query = parts.query;
    this.requestId = parts.requestId;
    this.correlationId = parts.correlationId;
    this.caller = parts.caller;
    this.text = parts.text;
    this.#parameters = parts.parameters;
    this.#headers = parts.headers;
  }

  /** A value of the path. Throws when the route has no such parameter, which would be a bug. */
  param(name: string): string {
    const value = this.#parameters.get(name);
    if (value === undefined) throw new Error(`The route has no parameter ${name}`);
    return value;
  }

  header(name: string): string | undefined {
    const value = this.#headers[name.toLowerCase()];
    return typeof value === 'string' ? value : value?.[0];
  }

  /** The body in the given shape, its member names in any case; anything else is 400/800002. */
  body<T>(schema: z.ZodType<T>): T {
    const parsed = schema.safeParse(withKnownNames(parseJson(this.text)));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw refusal('invalidInput', issue && describe(issue));
  }
}

/** Where in the body, and what is wrong there. */
const describe = ({ path, message }: z.core.$ZodIssue): string => [path.join('.'), message].filter(Boolean).join(': ');

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch (error) {
    if (error instanceof SyntaxError) throw refusal('invalidInput', 'The body is not JSON.');
    throw error;
  }
}
