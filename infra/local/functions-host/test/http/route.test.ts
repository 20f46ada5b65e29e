import { expect, test } from '@jest/globals';
import { compileRoute, splitPath } from '#http/route';

test.each([
  ['purchases', '/purchases', {}],
  ['purchases', '/Purchases/', {}],
  ['purchases', '/purchases/1', undefined],
  ['purchases/{id}', '/purchases/a%20b', { id: 'a b' }],
  ['purchases/{id}', '/purchases/a%2Fb', { id: 'a%2Fb' }],
  ['purchases/{id}', '/purchases', undefined],
  ['purchases/{id?}', '/purchases', {}],
  ['purchases/{id=7}', '/purchases', { id: '7' }],
  ['{year:int}/{month:range(1,12)}', '/2026/12', { year: '2026', month: '12' }],
  ['{year:int}/{month:range(1,12)}', '/2026/13', undefined],
  ['{id:guid}', '/b3f4a2de-0c35-4ae5-9d1e-2f0e1c7d9a01', { id: 'b3f4a2de-0c35-4ae5-9d1e-2f0e1c7d9a01' }],
  ['{id:guid}', '/b3f4a2de', undefined],
  ['{name:alpha:length(2,3)}', '/abc', { name: 'abc' }],
  ['{name:alpha:length(2,3)}', '/abcd', undefined],
  ['{name:alpha:length(2,3)}', '/ab1', undefined],
  ['{flag:bool}', '/TRUE', { flag: 'TRUE' }],
  ['{when:datetime}', '/2026-11-21', { when: '2026-11-21' }],
  ['{code:regex(^a.c$)}', '/abc', { code: 'abc' }],
  ['{id:int?}', '/', {}],
  ['{id:int?}', '/x', undefined],
  ['files/{*path}', '/files', {}],
  ['files/{*path}', '/files/a/b', { path: 'a/b' }],
  ['{name}.{extension}', '/invoice.pdf', { name: 'invoice', extension: 'pdf' }],
  ['{name}.{extension}', '/invoice', undefined],
])('%s matches %s as %j', (template, path, expected) => {
  const values = compileRoute(template)(splitPath(path) ?? []);
  if (expected === undefined) expect(values).toBeUndefined();
  else expect(values).toMatchObject(expected);
});

test.each([
  ['{id:int32}', 'unknown constraint'],
  ['{}', 'invalid parameter'],
])('the template %s is rejected', (template, reason) => {
  expect(() => compileRoute(template)).toThrow(reason);
});
