import { cutText } from '#shared/domain/cut-text';
import type { Problem } from './problem';

/** A JSON text has one meaning, or it says which of its members stand in the way. */
export type JudgedJson =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'not-json' }
  | { readonly kind: 'ambiguous'; readonly problems: Problem[] };

const MOST_PROBLEMS = 50;
const LONGEST_PATH = 300;

/**
 * Reads JSON that means the same to every reader. `JSON.parse` takes the last of two members of one name, others take the
 * first: what a sender has checked or signed must not be read otherwise here. `__proto__` is no name, but a way to reach
 * what every object shares.
 */
export function judgeJson(text: string): JudgedJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'not-json' };
  }
  const problems = ambiguousMembers(text);
  return problems.length > 0 ? { kind: 'ambiguous', problems } : { kind: 'json', value };
}

/** Where the reader is: in an object, with the names so far, or in an array. */
type Place = { kind: 'object'; names: Set<string>; name: string; isName: boolean } | { kind: 'array'; index: number };

/** Strings, and what opens, ends and parts; all else of a text that is known to be JSON does not matter. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g;

function ambiguousMembers(text: string): Problem[] {
  const problems: Problem[] = [];
  const places: Place[] = [];
  for (const [token] of text.matchAll(TOKEN)) {
    const place = places.at(-1);
    if (token === '{') places.push({ kind: 'object', names: new Set(), name: '', isName: true });
    else if (token === '[') places.push({ kind: 'array', index: 0 });
    else if (token === '}' || token === ']') places.pop();
    else if (place?.kind === 'array') place.index += token === ',' ? 1 : 0;
    else if (place && token === ':') place.isName = false;
    else if (place && token === ',') place.isName = true;
    else if (place?.isName) {
      place.name = String(JSON.parse(token));
      const message = objection(place.name, place.names);
      if (message !== undefined) problems.push({ field: cutText(pathOf(places), LONGEST_PATH), message });
      if (problems.length === MOST_PROBLEMS) break;
      place.names.add(place.name);
    }
  }
  return problems;
}

function objection(name: string, names: ReadonlySet<string>): string | undefined {
  if (names.has(name)) return 'is there more than once; send it once';
  return name === '__proto__' ? 'is no name for a member; use another' : undefined;
}

function pathOf(places: readonly Place[]): string {
  return places.map((place) => (place.kind === 'array' ? place.index : place.name)).join('.');
}
