/** The fields of a log line. Only ids, codes, counts and times belong here: no token, no key, no name of a person. */
type LogFields = Record<string, string | number | boolean | undefined>;
export type LogLevel = 'info' | 'warn' | 'error';

/** Writes one structured line. */
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void;

/** A log of JSON lines. The Functions host adds the time and carries them to Application Insights. */
export function createLog(write: Record<LogLevel, (line: string) => void>): Log {
  return (level, message, fields = {}) => {
    write[level](JSON.stringify({ level, message, ...fields }));
  };
}
