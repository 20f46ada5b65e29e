/** A JSON document with its numbers as text, so that they can be written in any way again. */
export type Json = string | boolean | null | Digits | Json[] | { [name: string]: Json };
/** A number as it is written. */
export class Digits {
  constructor(readonly text: string) {}
}

export function parseJson(text: string): Json {
  const marked = text.replaceAll(
    /("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?)/g,
    (_all, quoted, digits) => quoted ?? `{"\\u0000":"${digits}"}`,
  );
  return JSON.parse(marked, (_key, value) => (typeof value?.['\0'] === 'string' ? new Digits(value['\0']) : value));
}

/** What becomes of a member: the members to write in its place, as name and JSON text. */
export type Change = (name: string, value: Json) => readonly (readonly [name: string, text: string])[];

/** JSON text again, with every member as `change` wants it. */
export function writeJson(json: Json, change: Change): string {
  if (json instanceof Digits) return json.text;
  if (Array.isArray(json)) return `[${json.map((each) => writeJson(each, change)).join(',')}]`;
  if (typeof json !== 'object' || json === null) return JSON.stringify(json);
  const members = Object.entries(json).flatMap(([name, value]) => change(name, value));
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
}

/** The names of all members, outer ones before inner ones. */
export function membersOf(document: Json): readonly string[] {
  const names: string[] = [];
  const change: Change = (name, value) => {
    names.push(name);
    return [[name, writeJson(value, change)]];
  };
  writeJson(document, change);
  return names;
}

/** The document with another text for one of its members, or without the member. */
export function writeWith(document: Json, member: number, text?: string): string {
  let index = -1;
  const change: Change = (name, value) => {
    index += 1;
    if (index !== member) return [[name, writeJson(value, change)]];
    return text === undefined ? [] : [[name, text]];
  };
  return writeJson(document, change);
}
