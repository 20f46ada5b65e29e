import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';

/** What the documents say of files, commands, settings and packages is true. */

const root = resolve(__dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Every README and whatever else is written for people; not the history of changes, which names what is gone. */
function documentsIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory())
      return /^(node_modules|dist|coverage|\.git|\.data)$/.test(entry.name) ? [] : documentsIn(path);
    return entry.name.endsWith('.md') && path !== 'CHANGELOG.md' ? [path] : [];
  });
}
const documents = documentsIn('');

/** A document without its code blocks, in which brackets, bars and hashes mean something else. */
const proseOf = (path: string) => read(path).replace(/^```[^]*?^```$/gm, '');

/** What stands under a heading of the second level. */
function sectionOf(path: string, heading: string): string {
  return (
    proseOf(path)
      .split(/^## /m)
      .find((section) => section.startsWith(`${heading}\n`)) ?? ''
  );
}

/** The rows of all tables of a text, cell by cell. */
function tableRows(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^[|\s:-]+$/.test(line))
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
}

/** What the first column of the tables of a text names in backticks, sorted. */
function namesIn(text: string): string[] {
  return tableRows(text)
    .flatMap(([first = '']) => [...first.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
    .toSorted();
}

/** The anchors that GitHub gives the headings of a document. */
function anchorsIn(path: string): string[] {
  return [...proseOf(path).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

const packages = z.record(z.string(), z.string()).default({});
const manifest = z.object({ scripts: packages, dependencies: packages, devDependencies: packages });
const manifestOf = (folder: string) => manifest.parse(JSON.parse(read(posix.join(folder, 'package.json'))));

/** The npm scripts that can be run in a folder, or none where there is no package.json. */
function scriptsOf(folder: string): string[] {
  return existsSync(join(root, folder, 'package.json')) ? Object.keys(manifestOf(folder).scripts) : [];
}

test('the documents are found', () => {
  expect(documents).toEqual(expect.arrayContaining(['README.md', 'shared/README.md', '.github/CONTRIBUTING.md']));
});

describe.each(documents)('%s', (document) => {
  test('has no table cell that is too long to read', () => {
    const cells = tableRows(proseOf(document)).flat();
    expect(cells.filter((cell) => cell.length > 300)).toEqual([]);
  });

  test('links to files and headings that exist', () => {
    const links = [...proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const broken = links.filter((link) => {
      if (/^[a-z]+:/.test(link)) return false;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? document : posix.join(dirname(document), path);
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && !anchorsIn(target).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  test('names only commands that exist', () => {
    const known = new Set([...scriptsOf(''), ...scriptsOf(dirname(document))]);
    const named = [...read(document).matchAll(/npm run (\w+(?:[:-]\w+)*)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});

/** The settings that shared/config.ts reads: the members of its schema. */
const [, schema = ''] = /\.object\(\{\n([^]*?)\n {2}\}\)\n/.exec(read('shared/config.ts')) ?? [];
const settings = [...schema.matchAll(/^ {4}(\w+): /gm)].map(([, name = '']) => name);

test('the table of settings has what shared/config.ts reads, no more and no less', () => {
  expect(settings).toContain('REQUESTERS');
  expect(namesIn(sectionOf('shared/README.md', 'Settings'))).toEqual(settings.toSorted());
});

test('the sample of settings has only settings that are read, by us or by the Functions host', () => {
  const sample = z.object({ Values: z.record(z.string(), z.string()) });
  const { Values: values } = sample.parse(JSON.parse(read('local.settings.sample.json')));
  const known = [...settings, 'FUNCTIONS_WORKER_RUNTIME', 'AzureWebJobsStorage', 'InvoiceSchedule'];
  expect(Object.keys(values).filter((name) => !known.includes(name))).toEqual([]);
});

test('the table of dependencies has those of package.json, no more and no less', () => {
  const { dependencies, devDependencies } = manifestOf('');
  const others = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !name.startsWith('@cartage/'));
  expect(namesIn(sectionOf('.github/CONTRIBUTING.md', 'Dependencies'))).toEqual(others.toSorted());
});
