import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { faultSchema } from '#model/fault';
import { settingsSchema } from '#model/settings';
import { routes } from '#routes';
import { PACKAGE } from './support/package';

const readme = readFileSync(join(PACKAGE, 'README.md'), 'utf8');

test('the README names every route, setting and kind of fault', () => {
  const imitated = routes(settingsSchema.parse({})).filter((route) => route.access !== 'control');
  const names = [
    ...imitated.map((route) => route.name),
    ...Object.keys(settingsSchema.shape),
    ...faultSchema.options.map((option) => option.shape.kind.value),
  ];
  expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});

test('the README has the defaults', () => {
  const defaults = Object.entries(settingsSchema.parse({})).map(([name, value]) => {
    if (typeof value === 'boolean') return `| \`${name}\` | ${value ? 'on' : 'off'} |`;
    return typeof value === 'string' ? `| \`${name}\` | \`${value}\` |` : `| \`${name}\` | ${value} |`;
  });
  expect(defaults.filter((row) => !readme.replaceAll(/ +/g, ' ').includes(row))).toEqual([]);
});
