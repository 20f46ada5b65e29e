import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { expect, test } from '@jest/globals';

/**
 * Words that were replaced by the field's own, and must not come back: in code, file names, queues, settings, events, logs
 * and documents. functions/README.md lists the few words that are ours.
 */

const root = resolve(__dirname, '..', '..');

interface RetiredWord {
  readonly word: RegExp;
  readonly instead: string;
  /** Where the word is retired; everywhere without it. */
  readonly within?: RegExp;
  /** Lines in which it means something else. */
  readonly except?: RegExp;
}

/** What is ours to name; the local programs and the client speak the words of what they imitate or call. */
const PRODUCT = /^(functions|shared|test|infra\/local\/stack)\/|^[^/]+$/;
const PIPELINE =
  /^(functions|shared\/(pipeline|domain|config|log|azure)|test\/(functions|shared\/(pipeline|domain)|support|proof|e2e))/;

const RETIRED: readonly RetiredWord[] = [
  {
    word: /\bsources?\b/i,
    instead: 'requester',
    within: PIPELINE,
    // The attribute of CloudEvents, and of what Microsoft wrote.
    except: /CloudEvent|\/cartage\/|\bsource[:,] |one source|source and partition|'source'|"source"|{ source }/,
  },
  { word: /SOURCES\b|\bsourceLimits|aSource\b|developmentSources/, instead: 'REQUESTERS, requesterLimits, aRequester' },
  {
    word: /'refused'|refusedGroups?|RefusedGroup|(?<!\.\.)\.refused\b|partly refused/,
    instead: 'rejected',
    within: PRODUCT,
  },
  {
    word: /kind: '(continue|finish|wait|postpone|refused|rejected|resumed|cancelled|given-up)'/,
    instead: 'advance, complete, retry, yield, reject, resume, cancel, mark-failed',
    within: PIPELINE,
  },
  {
    word: /give.?up.?purchase|given-up|operator's word|words? of an operator/i,
    instead: 'mark-failed; operator command',
  },
  { word: /purchase-failed|failed.?letter/i, instead: 'unprocessable message' },
  {
    word: /(?<!dead.)\bletters?\b(?! case|,|:)/i,
    instead: 'unprocessable message',
    within: PRODUCT,
    except: /dead-letter|two letters|1 to \d+ letters|upper-?case|lower-?case|names? of letters/i,
  },
  {
    word: /alarm|purchase-watch(?!dog)|(?<![A-Z_])WATCH_SECONDS|watchSeconds/i,
    instead: 'watchdog, tick',
    within: PRODUCT,
  },
  { word: /\b(Stage)?World\b|openWorld|\bworld\b/, instead: 'StageContext, SandboxContext' },
  { word: /happening/i, instead: 'event (name)' },
  { word: /\bFacts\b|\bfacts[:.,)]|\bfacts }/, instead: 'changes', within: PIPELINE, except: /the raw facts/ },
  { word: /\bFacts\b/, instead: 'FilterInput', within: /^infra\/local\/service-bus\// },
  { word: /\bgoods\b|readGoods|attachGoods/i, instead: 'entitlements, fulfilment', within: PRODUCT },
  { word: /patience/i, instead: 'stage time-out' },
  { word: /second.?look/i, instead: 'catalogueRefreshed' },
  { word: /look.?alike/i, instead: 'possible duplicate' },
  { word: /checkout\.request\b|\banswered\[/, instead: 'checkoutIntent.answersBefore', within: PIPELINE },
  { word: /\bDoorDeps\b|\bdoors?\b/i, instead: 'entry point, IntakeDeps' },
  { word: /\bPolicy\b|(?<!-)\bpolicy\./, instead: 'PipelineSettings, error policy', within: PIPELINE },
  { word: /\bcatalog\b(?! item)/i, instead: 'catalogue', within: PRODUCT, except: /'catalog'|\/catalog|[Pp]age "/ },
  { word: /for ever\b|how-many-eth|\bat home\b|brought? home/i, instead: 'forever, the nth, is stored' },
  { word: /settings are not complete/, instead: 'Invalid configuration:' },
];

/** Every text of the repository, by its path. */
function texts(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return /^(node_modules|dist|coverage|\..*)$/.test(entry.name) ? [] : texts(path);
    return /\.(ts|tsx|js|cjs|json|md)$/.test(entry.name) && entry.name !== 'package-lock.json' ? [path] : [];
  });
}

/** This list itself, and the history of changes. */
const EXEMPT = /^test\/words\.test\.ts$|^CHANGELOG\.md$/;
const files = texts('').filter((path) => !EXEMPT.test(path));
const lines = files.flatMap((path) =>
  [path, ...readFileSync(join(root, path), 'utf8').split('\n')].map((line, number) => ({ path, number, line })),
);

test.each(RETIRED)('nothing says $word any more', ({ word, instead, within = /^/, except }) => {
  const found = lines
    .filter(({ path, line }) => within.test(path) && word.test(line) && !except?.test(line))
    .map(({ path, number, line }) => `${path}:${number}: ${line.trim().slice(0, 120)} (say: ${instead})`);
  expect(found).toEqual([]);
});

test('the words are looked for in every folder', () => {
  for (const folder of ['functions', 'shared', 'test', 'infra/local/service-bus/src', 'infra/local/partner-center/src'])
    expect(files.some((path) => path.startsWith(`${folder}/`))).toBe(true);
});
