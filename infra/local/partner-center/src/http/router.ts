import type { Route } from '#model/route';

/** A route and the values of its path. */
export interface Match {
  readonly route: Route;
  readonly parameters: ReadonlyMap<string, string>;
}

interface Pattern {
  readonly route: Route;
  readonly segments: readonly string[];
}

/** Finds routes by method and path; literal words match in any case, and win over parameters when listed first. */
export class Router {
  private readonly patterns = new Map<string, Pattern[]>();

  /** `missing` are endpoints that exist elsewhere, on paths that exist here. */
  constructor(
    private readonly routes: readonly Route[],
    private readonly missing: readonly Pick<Route, 'method' | 'path'>[] = [],
  ) {
    for (const route of routes) {
      const segments = split(route.path);
      const bucket = `${route.method} ${segments.length}`;
      this.patterns.set(bucket, [...(this.patterns.get(bucket) ?? []), { route, segments }]);
    }
  }

  /** The route of this request, or undefined. Throws URIError for a path with broken percent-encoding. */
  find(method: string, path: string): Match | undefined {
    const given = split(path);
    for (const { route, segments } of this.patterns.get(`${method} ${given.length}`) ?? []) {
      const parameters = matchSegments(segments, given);
      if (parameters) return { route, parameters };
    }
    return undefined;
  }

  /** The methods the path has instead of this one, for a 405; none when the endpoint is not known, or missing here. */
  methodsInsteadOf(method: string, path: string): string[] {
    const given = split(path);
    const isFitting = (route: Pick<Route, 'path'>): boolean => matchSegments(split(route.path), given) !== undefined;
    if (this.missing.some((route) => route.method === method && isFitting(route))) return [];
    const fits = this.routes.filter(isFitting);
    return [...new Set(fits.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))];
  }
}

/** Empty segments fall out, so a doubled or trailing slash does no harm (both occur in the documentation). */
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
