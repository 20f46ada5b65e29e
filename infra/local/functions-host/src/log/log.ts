/** The severities of a log entry in rising order; `none` as a threshold hides everything. */
export const LOG_LEVELS = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const LABELS: Readonly<Record<LogLevel, string>> = {
  trace: 'trce',
  debug: 'dbug',
  information: 'info',
  warning: 'warn',
  error: 'fail',
  critical: 'crit',
  none: 'none',
};

/** Writes the host's log: one line per entry. */
export interface HostLog {
  write(level: LogLevel, category: string, message: string): void;
  /** Writes what is still held back; to be called before the process ends. */
  flush(): void;
}

/**
 * Makes a log. Entries of one turn of the event loop are written together, because every write to a pipe is a blocking system call.
 * @param thresholds lowest level by category prefix, the longest prefix wins; `default` for the others
 * (https://learn.microsoft.com/azure/azure-functions/configure-monitoring#configure-log-levels)
 * @param sink takes whole lines
 */
export function createLog(thresholds: Readonly<Record<string, LogLevel>>, sink: (lines: string) => void): HostLog {
  const prefixes = Object.entries(thresholds).toSorted(([a], [b]) => b.length - a.length);
  const thresholdOf = new Map<string, number>();
  let held = '';

  function threshold(category: string): number {
    const known = thresholdOf.get(category);
    if (known !== undefined) return known;
    const match = prefixes.find(([prefix]) => prefix !== 'default' && category.startsWith(prefix));
    const found = LOG_LEVELS.indexOf(match?.[1] ?? thresholds['default'] ?? 'information');
    thresholdOf.set(category, found);
    return found;
  }

  function flush(): void {
    if (held === '') return;
    const lines = held;
    held = '';
    sink(lines);
  }

  return {
    flush,
    write(level, category, message) {
      if (LOG_LEVELS.indexOf(level) < threshold(category)) return;
      if (held === '') setImmediate(flush);
      held += `${new Date().toISOString()} ${LABELS[level]} ${category}: ${message.replaceAll('\n', '\\n')}\n`;
    },
  };
}
