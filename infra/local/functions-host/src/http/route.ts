/** The values that a route takes from the path of a request. */
export type RouteValues = Readonly<Record<string, string>>;

/** Matches the segments of a path; undefined if they do not match. */
export type MatchRoute = (segments: readonly string[]) => RouteValues | undefined;

/** The inline constraints of ASP.NET routing (https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-constraints). */
const CONSTRAINTS: Readonly<Record<string, (value: string, argument: string) => boolean>> = {
  int: (value) => /^[+-]?\d{1,10}$/.test(value) && Math.abs(Number(value)) < 2 ** 31,
  long: (value) => /^[+-]?\d{1,19}$/.test(value),
  bool: (value) => /^(true|false)$/i.test(value),
  guid: (value) => /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(value),
  alpha: (value) => /^[a-z]*$/i.test(value),
  decimal: (value) => /^[+-]?\d+(\.\d+)?$/.test(value),
  double: (value) => value !== '' && Number.isFinite(Number(value)),
  float: (value) => value !== '' && Number.isFinite(Number(value)),
  datetime: (value) => !Number.isNaN(Date.parse(value)),
  length: (value, argument) => {
    const [min = NaN, max = min] = numbers(argument);
    return value.length >= min && value.length <= max;
  },
  minlength: (value, argument) => value.length >= Number(argument),
  maxlength: (value, argument) => value.length <= Number(argument),
  min: (value, argument) => /^[+-]?\d+$/.test(value) && Number(value) >= Number(argument),
  max: (value, argument) => /^[+-]?\d+$/.test(value) && Number(value) <= Number(argument),
  range: (value, argument) => {
    const [min = NaN, max = NaN] = numbers(argument);
    return /^[+-]?\d+$/.test(value) && Number(value) >= min && Number(value) <= max;
  },
  regex: (value, argument) => new RegExp(argument, 'i').test(value),
  required: (value) => value !== '',
};

const numbers = (argument: string): number[] => argument.split(',').map(Number);

interface Parameter {
  readonly name: string;
  readonly isCatchAll: boolean;
  readonly isOptional: boolean;
  readonly default: string | undefined;
  accepts(value: string): boolean;
}

interface Segment {
  /** Captures the values in one path segment, in the order of `parameters`. */
  readonly pattern: RegExp;
  readonly parameters: readonly Parameter[];
}

/**
 * Compiles a route template such as `invoices/{id:guid}/{*rest}` with the rules of classic ASP.NET routing.
 * Throws for a template that Azure rejects.
 */
export function compileRoute(template: string): MatchRoute {
  const segments = template
    .split(/\/(?![^{]*\})/)
    .filter((each) => each !== '')
    .map((each) => parseSegment(each, template));
  const last = segments.at(-1)?.parameters.at(-1);

  return (path) => {
    if (path.length > segments.length && last?.isCatchAll !== true) return undefined;
    const values: Record<string, string> = {};
    for (const [index, segment] of segments.entries()) {
      const text = segment === segments.at(-1) && last?.isCatchAll === true ? path.slice(index).join('/') : path[index];
      if (!addValues(segment, text, values)) return undefined;
    }
    return values;
  };
}

/** Adds the values of one path segment to `values`; false if it does not match. */
function addValues(
  { pattern, parameters }: Segment,
  text: string | undefined,
  values: Record<string, string>,
): boolean {
  if (text === undefined || text === '') {
    for (const parameter of parameters) {
      if (parameter.default !== undefined) values[parameter.name] = parameter.default;
      else if (!parameter.isOptional && !parameter.isCatchAll) return false;
    }
    return parameters.length === 1;
  }
  const found = pattern.exec(text);
  if (found === null) return false;
  return parameters.every((parameter, index) => {
    const value = found[index + 1] ?? '';
    values[parameter.name] = value;
    return parameter.accepts(value);
  });
}

function parseSegment(segment: string, template: string): Segment {
  const parameters: Parameter[] = [];
  const source = segment
    .split(/(\{(?:[^{}]|\{[^{}]*\})*\})/)
    .filter((part) => part !== '')
    .map((part) => {
      if (!part.startsWith('{')) return part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
      const parameter = parseParameter(part.slice(1, -1), template);
      parameters.push(parameter);
      return parameter.isCatchAll ? '(.*)' : '(.+?)';
    })
    .join('');
  return { pattern: new RegExp(`^${source}$`, 'is'), parameters };
}

function parseParameter(text: string, template: string): Parameter {
  const parts =
    /^(?<star>\*{0,2})(?<name>[^:=?*]+)(?<constraints>(?::[^=?(]+(?:\(.*?\))?)*)(?:=(?<default>.*?))?(?<optional>\?)?$/.exec(
      text,
    )?.groups;
  if (parts?.['name'] === undefined) throw new Error(`The route "${template}" has the invalid parameter "{${text}}"`);
  const checks = [...(parts['constraints'] ?? '').matchAll(/:(?<kind>[^:(]+)(?:\((?<argument>.*?)\)(?=:|$))?/g)].map(
    ({ groups }) => {
      const kind = groups?.['kind'] ?? '';
      const check = CONSTRAINTS[kind.toLowerCase()];
      if (check === undefined) throw new Error(`The route "${template}" has the unknown constraint "${kind}"`);
      return (value: string) => check(value, groups?.['argument'] ?? '');
    },
  );
  return {
    name: parts['name'],
    isCatchAll: parts['star'] !== '',
    isOptional: parts['optional'] === '?',
    default: parts['default'],
    accepts: (value) => checks.every((check) => check(value)),
  };
}

/** Splits a raw request path into decoded segments; undefined if it can't be decoded. An encoded slash stays encoded. */
export function splitPath(path: string): string[] | undefined {
  try {
    return path
      .split('/')
      .filter((segment) => segment !== '')
      .map((segment) => decodeURIComponent(segment.replaceAll(/%2f/gi, '%252F')));
  } catch {
    return undefined;
  }
}
