import type { Route } from '#model/route';

/** A route and the values of its path. */
export interface Match {
  readonly route: Route;
  readonly parameters: ReadonlyMap<string, string>;
}

type Address = Pick<Route, 'method' | 'path'>;

interface Pattern {
  readonly route: Route;
  readonly segments: readonly string[];
}

/** Finds routes by method and path; literal segments match in any case, and win over parameters when they are listed first. */
export class Router {
  readonly #routes: readonly Route[];
  readonly #missing: readonly Address[];
  readonly #patterns = new Map<string, Pattern[]>();

  /** `missing` are documented endpoints that are not imitated, on paths that are. */
  constructor(routes: readonly Route[], missing: readonly Address[] = []) {
    this.#routes = routes;
    this.#missing = missing;
    for (const route of routes) {
      const segments = split(route.path);
      const bucket = `${route.method} ${segments.length}`;
      this.#patterns.set(bucket, [...(this.#patterns.get(bucket) ?? []), { route, segments }]);
    }
  }

  /** The route of this request, or undefined. Throws URIError for a path with broken percent-encoding. */
  find(method: string, path: string): Match | undefined {
    const given = split(path);
    for (const { route, segments } of this.#patterns.get(`${method} ${given.length}`) ?? []) {
      const parameters = matchSegments(segments, given);
      if (parameters) return { route, parameters };
    }
    return undefined;
  }

  /** The methods that the path has instead of this one, for a 405; none when the endpoint is unknown or not imitated. */
  methodsInsteadOf(method: string, path: string): string[] {
    const given = split(path);
    const fits = (address: Address): boolean => matchSegments(split(address.path), given) !== undefined;
    if (this.#missing.some((address) => address.method === method && fits(address))) return [];
    const methods = this.#routes.filter(fits).map((route) => route.method);
    return [...new Set(methods.flatMap((one) => (one === 'GET' ? ['GET', 'HEAD'] : [one])))];
  }
}

/** Empty segments are dropped, so that a doubled or trailing slash does no harm (both occur in the documentation). */
const split = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

function matchSegments(pattern: readonly string[], given: readonly string[]): Map<string, string> | undefined {
  if (pattern.length !== given.length) return undefined;
  const parameters = new Map<string, string>();
  for (const [index, segment] of pattern.entries()) {
    const text = given[index] ?? '';
    if (segment.startsWith('{')) parameters.set(segment.slice(1, -1), decodeURIComponent(text));
    else if (segment.toLowerCase() !== text.toLowerCase()) return undefined;
  }
  return parameters;
}
