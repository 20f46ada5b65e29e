import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

/** A rule of Partner Center is cited by the title of its page; the client's README has the path of every page. */

const CLIENT = join(process.cwd(), 'shared/partner-center');

const readme = readFileSync(join(CLIENT, 'README.md'), 'utf8');
const [rules = '', pages = ''] =
  readme.split(/^## The rules we rely on$/m)[1]?.split(/^The paths of these pages/m) ?? [];
const pathOf = new Map(
  [...pages.matchAll(/^\| (.+?) +\| `([a-z0-9-]+)` +\|$/gm)].map(([, page, path]) => [page, path]),
);

const code = readdirSync(CLIENT, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(CLIENT, name), 'utf8').replaceAll(/\n\s*\*/g, ''))
  .join('\n');
/** ("Cart resources"), ("Invoice resources", "Get invoice line items"): titles in quotes behind a parenthesis. */
const cited = [...code.matchAll(/\(("[^)]*)\)/g)]
  .flatMap(([, citation = '']) => [...citation.matchAll(/"([A-Z][^"]* [^"]*)"/g)])
  .map(([, title = '']) => title);

test('every page that the client cites has its path in the README', () => {
  expect(cited.length).toBeGreaterThan(50);
  expect(cited.filter((title) => !pathOf.has(title))).toEqual([]);
});

test('every page of the README is cited, in the code or beside a rule', () => {
  const titles = [...pathOf.keys()].filter((title) => title !== undefined);
  expect(titles.length).toBeGreaterThan(50);
  expect(titles.filter((title) => !cited.includes(title) && !rules.includes(title))).toEqual([]);
});
