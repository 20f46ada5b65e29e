import type { LogLevel } from './worker/rpc';

const levels: readonly LogLevel[] = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none'];
const labels: Record<LogLevel, string> = {
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
  /** True if entries of this level and category are written. */
  shows(level: LogLevel, category: string): boolean;
  /** Writes what is still held back; to be called before the process ends. */
  flush(): void;
}

/**
 * Makes a log. Lines of one turn of the event loop are written at once, because every write to a pipe is a blocking system call.
 * @param thresholds lowest level by category prefix, the longest prefix wins; `default` for the others
 * (https://learn.microsoft.com/azure/azure-functions/configure-monitoring#configure-log-levels)
 * @param sink takes whole lines
 */
export function createLog(thresholds: Record<string, LogLevel>, sink: (lines: string) => void): HostLog {
  const prefixes = Object.entries(thresholds).toSorted(([a], [b]) => b.length - a.length);
  const thresholdOf = new Map<string, number>();
  let held = '';

  function threshold(category: string): number {
    const known = thresholdOf.get(category);
    if (known !== undefined) return known;
    const match = prefixes.find(([prefix]) => prefix !== 'default' && category.startsWith(prefix));
    const found = levels.indexOf(match?.[1] ?? thresholds['default'] ?? 'information');
    thresholdOf.set(category, found);
    return found;
  }

  function flush(): void {
    if (held === '') return;
    const lines = held;
    held = '';
    sink(lines);
  }

  const shows = (level: LogLevel, category: string): boolean => levels.indexOf(level) >= threshold(category);

  return {
    shows,
    flush,
    write(level, category, message) {
      if (!shows(level, category)) return;
      if (held === '') setImmediate(flush);
      held += `${new Date().toISOString()} ${labels[level]} ${category}: ${message.replaceAll('\n', '\\n')}\n`;
    },
  };
}
