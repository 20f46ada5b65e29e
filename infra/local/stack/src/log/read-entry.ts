import { z } from 'zod';
import type { Part } from '#parts';
import type { StageStep } from '#text/stage-columns';

/** Who wrote a line: a part, the stack itself, or the TypeScript compiler of `npm run dev`. */
export type LogOrigin = Part | 'stack' | 'tsc';

export type Level = 'info' | 'warn' | 'error';

/** What a line of a log says. */
export type LogEntry =
  /** A stage did its work on a purchase. */
  | { readonly kind: 'stage'; readonly purchaseId: string; readonly step: StageStep }
  /** The app logged something else. */
  | { readonly kind: 'app'; readonly level: Level; readonly message: string; readonly fields: Fields }
  /** The functions host logged something: of a function's own, or of its running. */
  | { readonly kind: 'host'; readonly level: Level; readonly category: string; readonly message: string }
  /** Anything else, as it is. */
  | { readonly kind: 'text'; readonly text: string };

type Fields = Readonly<Record<string, unknown>>;

/** A line of the app: JSON with a message. */
const appLine = z.looseObject({ message: z.string(), level: z.string().optional() });

const stageLine = z.object({
  message: z.literal('stage'),
  purchaseId: z.string(),
  stage: z.string(),
  attempt: z.number().default(1),
  outcome: z.string(),
  milliseconds: z.number().default(0),
  note: z.string().default(''),
});

/** A line of the host: time, level, category, message. */
const HOST_LINE = /^\d{4}-\d\d-\d\dT[\d:.]+Z (trce|dbug|info|warn|fail|crit) ([\w.-]+): (.*)$/s;

/** Reads a line of a log. Never fails: what it does not know stays text. */
export function readEntry(line: string): LogEntry {
  const host = HOST_LINE.exec(line);
  if (host !== null) {
    const [, label = '', category = '', message = ''] = host;
    const logged = category.endsWith('.User') ? readApp(message) : undefined;
    return logged ?? { kind: 'host', level: levelOf(label), category, message };
  }
  return readApp(line) ?? { kind: 'text', text: line };
}

function readApp(line: string): LogEntry | undefined {
  const json = parseJson(line);
  const stage = stageLine.safeParse(json);
  if (stage.success) {
    const { purchaseId, message: _, ...step } = stage.data;
    return { kind: 'stage', purchaseId, step };
  }
  const app = appLine.safeParse(json);
  if (!app.success) return undefined;
  const { message, level = 'info', ...fields } = app.data;
  return { kind: 'app', level: levelOf(level), message, fields };
}

function levelOf(label: string): Level {
  if (/^(fail|crit|err)/i.test(label)) return 'error';
  return /^warn/i.test(label) ? 'warn' : 'info';
}

function parseJson(text: string): unknown {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
