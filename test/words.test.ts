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

/** What is ours to name; the local programs speak the words of what they imitate. */
const PRODUCT = /^(functions|shared|test|infra\/local\/stack)\/|^[^/]+$/;

const RETIRED: readonly RetiredWord[] = [
  {
    word: /\bsources?\b/i,
    instead: 'requester',
    within: PRODUCT,
    // The attribute of CloudEvents, Partner Center's own members, source files and maps.
    except:
      /CloudEvents?|\/cartage\/|\bsource, |\bsource:|PartnerFD|[Ss]ource ?(file|map)|source of|"source"|open source|{ source }/,
  },
  { word: /SOURCES|sourceLimits|aSource\b|developmentSources/, instead: 'REQUESTERS, requesterLimits, aRequester' },
  {
    word: /'refused'|refusedGroups?|RefusedGroup|\.refused\b|partly refused/,
    instead: 'rejected',
    within: PRODUCT,
  },
  {
    word: /kind: '(continue|finish|wait|postpone|refused|rejected|resumed|cancelled|given-up)'/,
    instead: 'advance, complete, retry, yield, reject, resume, cancel, mark-failed',
    within: /^(functions|shared\/pipeline|test\/(functions|shared\/pipeline|support|proof))\//,
  },
  {
    word: /give.?up.?purchase|given-up|operator's word|words? of an operator/i,
    instead: 'mark-failed; operator command',
  },
  { word: /purchase-failed|failed.?letter|\bletters? (is|holds|goes)\b/i, instead: 'unprocessable message' },
  {
    word: /\bletters?\b/i,
    instead: 'unprocessable message',
    within: PRODUCT,
    except: /dead.?letters?|dead.?lettered|letters[,: ]|two letters|[a-z]-letters?|upper-?case|lower-?case/i,
  },
  {
    word: /alarm|purchase-watch(?!dog)|(?<![A-Z_])WATCH_SECONDS|watchSeconds|\brings?\b (again|on)/i,
    instead: 'watchdog, tick',
  },
  { word: /\b(Stage)?World\b|openWorld|\bworld\b/, instead: 'StageContext, SandboxContext', except: /real world/ },
  { word: /happening/i, instead: 'event (name)' },
  {
    word: /\bFacts\b|\bfacts[:.,)]|\bfacts }/,
    instead: 'changes, FilterInput',
    except: /the (raw|known) facts/,
  },
  { word: /\bgoods\b|readGoods|attachGoods/i, instead: 'entitlements, fulfilment' },
  { word: /patience/i, instead: 'stage time-out' },
  { word: /second.?look/i, instead: 'catalogueRefreshed' },
  { word: /look.?alike/i, instead: 'possible duplicate' },
  {
    word: /checkout\.request\b|\bisRepeat\b(?!\s*\?)|answered\[/,
    instead: 'checkoutIntent.answersBefore',
    within: PRODUCT,
    except: /isRepeat = mark/,
  },
  { word: /\bDoorDeps\b|\bdoors?\b/i, instead: 'entry point, IntakeDeps' },
  {
    word: /\bPolicy\b|\bpolicy\./,
    instead: 'PipelineSettings, error policy',
    within: /^(functions|shared\/(pipeline|domain|config))/,
  },
  { word: /\bcatalog\b/i, instead: 'catalogue', within: PRODUCT, except: /'catalog'|\/catalog|[Pp]age "/ },
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
