import type { z } from 'zod';
import { withKnownNames } from './known-names';
import type { Query } from './query';
import { refusal } from './refusal';

/** Who calls: an application alone, or an application for a user. */
export interface Caller {
  readonly kind: 'app' | 'user';
  /** Client id of the application, or object id of the user: what the API writes into `lastModifiedUser`. */
  readonly id: string;
  readonly applicationId: string;
}

/** One request on a route, as the resources see it. */
export class Call {
  constructor(
    readonly method: string,
    readonly path: string,
    readonly query: Query,
    readonly requestId: string,
    readonly correlationId: string,
    readonly caller: Caller,
    private readonly parameters: ReadonlyMap<string, string>,
    private readonly headers: Readonly<Record<string, string | string[] | undefined>>,
    readonly text: string,
  ) {}

  /** A value of the path. Throws if the route has no such parameter, which would be a mistake of ours. */
  param(name: string): string {
    const value = this.parameters.get(name);
    if (value === undefined) throw new Error(`The route has no parameter ${name}`);
    return value;
  }

  header(name: string): string | undefined {
    const value = this.headers[name.toLowerCase()];
    return typeof value === 'string' ? value : value?.[0];
  }

  /** The body in the given shape, its member names in any case; anything else is refused with 400/800002. */
  body<T>(schema: z.ZodType<T>): T {
    const parsed = schema.safeParse(withKnownNames(parseJson(this.text)));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw refusal('invalidInput', issue && inWords(issue));
  }
}

/** Where in the body, and what is wrong there. */
const inWords = ({ path, message }: z.core.$ZodIssue): string => [path.join('.'), message].filter(Boolean).join(': ');

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch (error) {
    if (error instanceof SyntaxError) throw refusal('invalidInput', 'The body is not JSON.');
    throw error;
  }
}
