import { parse } from 'lossless-json';

/** Parses JSON, every number as its digits in a string; undefined for an empty body. Throws a SyntaxError. */
export function readJson(body: string): unknown {
  // A byte order mark may come first (the documentation prints it as "?").
  const json = body.charCodeAt(0) === 0xfeff ? body.slice(1) : body;
  return json.trim() === '' ? undefined : parse(json, undefined, String);
}
