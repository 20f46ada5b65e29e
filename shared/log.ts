import { cutText } from './domain/cut-text';

/** The fields of a log line. Only ids, codes, counts and times belong here: no token, no key, no name of a person. */
type LogFields = Record<string, string | number | boolean | undefined>;
export type LogLevel = 'info' | 'warn' | 'error';

/** Writes one structured line. */
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void;

/** A log of JSON lines. The Functions host adds the time and carries them to Application Insights. */
export function createLog(write: Record<LogLevel, (line: string) => void>): Log {
  return (level, message, fields = {}) => {
    const cut = Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? cutText(value, LONGEST_FIELD) : value,
    ]);
    write[level](visible(JSON.stringify({ level, message, ...Object.fromEntries(cut) })));
  };
}

/** Characters. Names and values may come from strangers; the longest of ours is a note of 4,000. */
const LONGEST_FIELD = 5000;

/**
 * JSON escapes the control characters of ASCII; these are the others that a terminal obeys or nobody sees: they could
 * begin a new line, colour it, or turn its direction.
 */
function visible(json: string): string {
  return json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
