import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { statSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@cartage/stack/eventually';
import { startApp, type TestApp } from '#test/support/start-app';

let app: TestApp;

beforeAll(async () => {
  app = await startApp('http-app.js', {
    'AzureWebJobs.switched-off.Disabled': 'true',
    FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1000',
  });
});
afterAll(() => app[Symbol.asyncDispose]());

const get = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${app.url}${path}`, init);

test('a function sees route values, comma-joined query values, headers and the body', async () => {
  const answer = await get('/api/echo/7/Anna%20B?q=1&q=2', {
    method: 'POST',
    headers: { 'X-Test': 'yes' },
    body: 'hello',
  });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({
    params: { id: '7', name: 'Anna B' },
    query: { q: '1,2' },
    test: 'yes',
    body: 'hello',
  });
});

test('routes ignore case, and an optional value may be missing', async () => {
  expect(await (await get('/API/Echo/7/')).json()).toMatchObject({ params: { id: '7' } });
});

test.each([
  ['a path that breaks a constraint', '/api/echo/seven', 'GET', 404],
  ['a method that the function does not name', '/api/echo/7', 'DELETE', 404],
  ['HEAD when only GET is named', '/api/echo/7', 'HEAD', 404],
  ['an unknown path', '/api/nowhere', 'GET', 404],
  ['a function that returns nothing', '/api/nothing', 'GET', 204],
  ['a function that throws', '/api/throws', 'GET', 500],
  ['a disabled function', '/api/switched-off', 'GET', 404],
  ['a guarded function without a key', '/api/guarded', 'GET', 401],
  ['a guarded function with a wrong key', '/api/guarded?code=wrong', 'GET', 401],
  ['a path that cannot be decoded', '/api/echo/%E0%A4%A', 'GET', 400],
])('%s is answered without a body', async (_, path, method, status) => {
  const answer = await get(path, { method });
  expect(answer.status).toBe(status);
  expect(await answer.text()).toBe('');
});

test('the first route by function name wins over a more specific one', async () => {
  expect(await (await get('/api/files/special')).text()).toBe('all special');
  expect(await (await get('/api/files/a/b')).text()).toBe('all a/b');
});

test('function keys give access to what their level allows, and the header wins over the query', async () => {
  const { masterKey, functionKeys, functions } = app.keys;
  const own = functions['guarded']?.default ?? '';
  const statusWith = async (path: string, key: string): Promise<number> =>
    (await get(path, { headers: { 'x-functions-key': key } })).status;
  expect(await statusWith('/api/guarded', own)).toBe(200);
  expect(await statusWith('/api/guarded', functionKeys.default)).toBe(200);
  expect(await statusWith('/api/guarded', masterKey)).toBe(200);
  expect(await statusWith('/api/guarded', functions['throws']?.default ?? '')).toBe(401);
  expect(await statusWith('/api/for-admins', functionKeys.default)).toBe(401);
  expect(await statusWith('/api/for-admins', masterKey)).toBe(200);
  expect((await get(`/api/guarded?code=${own}`)).status).toBe(200);
  expect((await get(`/api/guarded?code=${own}`, { headers: { 'x-functions-key': 'wrong' } })).status).toBe(401);
});

test('the keys file is for its owner alone', () => {
  expect(statSync(app.keysFile).mode & 0o777).toBe(0o600);
});

test('status, headers, cookies and bytes of a response arrive as the function gave them', async () => {
  const answer = await get('/api/cookies');
  expect(answer.status).toBe(201);
  expect(answer.headers.get('x-own')).toBe('yes');
  expect(answer.headers.get('set-cookie')).toBe('a=b%20c; path=/; httponly');
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(Buffer.from([0, 255]));
});

test('a body over the limit is rejected with 413', async () => {
  expect((await get('/api/echo/7', { method: 'POST', body: 'x'.repeat(1001) })).status).toBe(413);
});

test('twelve bodies of 20 MB at once are each answered 413 while they still arrive, and cost no memory', async () => {
  const rss = (): number =>
    Number(execFileSync('ps', ['-o', 'rss=', '-p', `${app.child.pid}`], { encoding: 'utf8' })) / 1024;
  const before = rss();
  const sent = await Promise.all(Array.from({ length: 12 }, () => postSlowly(20_000_000)));
  expect(sent.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 413));
  expect(Math.max(...sent.map(({ bytes }) => bytes))).toBeLessThan(20_000_000);
  expect(rss() - before).toBeLessThan(40);
  expect((await get('/api/nothing')).status).toBe(204);
});

test('a client that never stops sending is cut off a moment after its 413', async () => {
  const call = request(`${app.url}/api/echo/7`, { method: 'POST', headers: { 'content-length': 1e9 } });
  const closed = once(call, 'close');
  call.on('error', () => undefined);
  call.on('response', () => undefined); // it does not care
  const sending = setInterval(() => call.write(Buffer.alloc(1000)), 10);
  await closed;
  clearInterval(sending);
});

test('a chunked body over the limit is cut off', async () => {
  const call = request(`${app.url}/api/slow?ms=5000`, { method: 'POST' });
  const failed = once(call, 'error');
  const sending = setInterval(() => call.write(Buffer.alloc(1000)), 5);
  expect(String(await failed)).toMatch(/ECONNRESET|EPIPE|socket hang up/);
  clearInterval(sending);
});

/** Sends a body of this many bytes piece by piece, until it is answered. */
async function postSlowly(length: number): Promise<{ status: number | undefined; bytes: number }> {
  const call = request(`${app.url}/api/echo/7`, { method: 'POST', headers: { 'content-length': length } });
  let status: number | undefined;
  let bytes = 0;
  const answered = new Promise<void>((resolve, reject) => {
    call.on('response', (response) => {
      status = response.statusCode;
      response.resume();
      resolve();
    });
    call.on('error', (error) => (status === undefined ? reject(error) : resolve()));
  });
  const piece = Buffer.alloc(50_000);
  const send = (): void => {
    if (status !== undefined || bytes >= length) return;
    bytes += piece.length;
    call.write(piece, () => setImmediate(send));
  };
  send();
  await answered;
  call.destroy();
  return { status, bytes };
}

test('a chunked request reaches the function without its body', async () => {
  const answer = await new Promise<string>((resolve, reject) => {
    const call = request(`${app.url}/api/echo/7`, { method: 'POST' }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += `${chunk}`));
      response.on('end', () => resolve(text));
    });
    call.on('error', reject);
    call.write('in two ');
    call.end('pieces');
  });
  expect(JSON.parse(answer)).toMatchObject({ body: '' });
});

test('invocation hooks share their data and may replace the result', async () => {
  expect(await (await get('/api/hooked')).text()).toBe('pre and post');
});

test('the log names each function, and a log hook may rewrite its lines', async () => {
  await get('/api/hooked');
  await get('/api/throws');
  await eventually('the lines are written', () => app.lines.some((line) => line.includes('the handler broke')));
  expect(app.lines).toContainEqual(expect.stringMatching(/info Function\.hooked\.User: rewritten by a hook$/));
  expect(app.lines).toContainEqual(
    expect.stringMatching(/info Function\.hooked: Executed 'Functions\.hooked' \(Succeeded, Id=/),
  );
  expect(app.lines).toContainEqual(
    expect.stringMatching(/fail Function\.throws: Executed 'Functions\.throws' \(Failed, .*the handler broke/),
  );
  expect(app.lines.join('\n')).not.toContain(app.keys.masterKey);
});

test('what the app prints is part of the log', () => {
  expect(app.lines).toContain('the app prints');
});

test('the state of the host needs no key', async () => {
  expect(await (await get('/admin/host/status')).json()).toEqual({ state: 'Running' });
});

test.concurrent('SIGTERM lets a running function answer, runs the terminate hooks and exits with 0', async () => {
  await using other = await startApp('http-app.js');
  const answer = fetch(`${other.url}/api/slow?ms=300`);
  await eventually('the function runs', () => other.lines.some((line) => line.includes('slow has begun')));
  const [, text] = await Promise.all([other.child.stop(), answer.then((response) => response.text())]);
  expect(text).toBe('slow is done');
  expect(await other.child.exited).toBe('exit code 0');
  expect(other.lines).toContain('app has terminated');
});

test.concurrent('an error thrown outside of a function ends the host with 1', async () => {
  await using other = await startApp('http-app.js');
  await fetch(`${other.url}/api/crash`);
  expect(await other.child.exited).toBe('exit code 1');
  expect(other.lines.join('\n')).toContain('thrown outside of a function');
});

test.concurrent('a function over its time limit fails, and the host ends with 1', async () => {
  await using other = await startApp('http-app.js', { AzureFunctionsJobHost__functionTimeout: '00:00:00.200' });
  expect((await fetch(`${other.url}/api/slow?ms=60000`)).status).toBe(500);
  expect(await other.child.exited).toBe('exit code 1');
  expect(other.lines.join('\n')).toContain('Timeout value of 0.2 s was exceeded by function slow');
});

test.concurrent('the log level of host.json hides what is below it', async () => {
  await using other = await startApp('http-app.js', { AzureFunctionsJobHost__logging__logLevel__Function: 'Error' });
  await fetch(`${other.url}/api/slow?ms=0`);
  await fetch(`${other.url}/api/throws`);
  await eventually('the error is written', () => other.lines.some((line) => line.includes('the handler broke')));
  expect(other.lines.join('\n')).not.toContain('slow has begun');
});
