import type { Paint, Style } from '#text/paint';
import { shortId, shortIds } from '#text/short-ids';
import { stageColumns, stageNote } from '#text/stage-columns';
import { readEntry, type Level, type LogEntry, type LogOrigin } from './read-entry';

export interface LineFormat {
  readonly paint: Paint;
  /** Show every line, and each as it was written. */
  readonly verbose: boolean;
  /** How many characters a line of the app or the host may have; longer ones are cut, unless all is shown. */
  readonly width: number;
}

const STYLES: Record<LogOrigin, Style> = {
  storage: 'blue',
  broker: 'cyan',
  sandbox: 'magenta',
  host: 'green',
  stack: 'bold',
  tsc: 'yellow',
};

/**
 * One line of the log on the terminal: time, part, message. Undefined for what nobody needs to see in everyday work.
 *
 * @param at when the line was written
 * @param line as the part wrote it
 */
export function formatLine(at: Date, origin: LogOrigin, line: string, format: LineFormat): string | undefined {
  const { paint, verbose, width } = format;
  const time = at.toTimeString().slice(0, 8);
  const begin = `${paint('dim', time)}  ${paint(STYLES[origin], origin.padEnd(7))}  `;
  if (verbose) return begin + line;
  const entry = readEntry(line);
  if (!isShown(entry)) return undefined;
  const head = headOf(entry, paint);
  const text = textOf(entry);
  return begin + head.painted + (entry.kind === 'text' ? text : cut(text, width - WIDTH_OF_BEGIN - head.width));
}

const WIDTH_OF_BEGIN = 'hh:mm:ss  storage  '.length;

function isShown(entry: LogEntry): boolean {
  switch (entry.kind) {
    case 'stage':
    case 'app':
      return true;
    case 'host':
      return entry.level !== 'info' || entry.category.endsWith('.User');
    case 'text':
      // Azurite reports every service that comes and goes.
      return entry.text.trim() !== '' && !/^Azurite \w+ service /.test(entry.text);
  }
}

interface Head {
  readonly painted: string;
  /** In characters on the screen. */
  readonly width: number;
}

/** What stands in columns before the text. */
function headOf(entry: LogEntry, paint: Paint): Head {
  switch (entry.kind) {
    case 'stage': {
      const columns = (each: Paint): string =>
        `${each('bold', shortId(entry.purchaseId))}  ${stageColumns(entry.step, each)}`;
      return { painted: columns(paint), width: columns((_, text) => text).length };
    }
    case 'app':
    case 'host':
      return levelHead(entry.level, paint);
    case 'text':
      return { painted: '', width: 0 };
  }
}

function levelHead(level: Level, paint: Paint): Head {
  switch (level) {
    case 'info':
      return { painted: '', width: 0 };
    case 'warn':
      return { painted: `${paint('yellow', 'warning')}  `, width: 'warning  '.length };
    case 'error':
      return { painted: `${paint('red', 'error')}  `, width: 'error  '.length };
  }
}

function textOf(entry: LogEntry): string {
  switch (entry.kind) {
    case 'stage':
      return stageNote(entry.step);
    case 'app':
      return [entry.message, ...Object.entries(entry.fields).map(([name, value]) => `${name}=${show(value)}`)].join(
        '  ',
      );
    case 'host':
      // The host writes a stack trace on one line; its first part says what went wrong.
      return `${entry.category}: ${entry.message.split('\\n', 1).join('')}`;
    case 'text':
      return entry.text;
  }
}

function show(value: unknown): string {
  return shortIds(typeof value === 'string' ? value : JSON.stringify(value));
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, Math.max(width - 1, 0))}…` : text;
}
