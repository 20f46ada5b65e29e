import { app } from '@azure/functions';

/** A function app for the tests of the host's HTTP side, hooks and log; the host loads it as it loads any other. */

console.log('the app prints');

const level: { authLevel: 'anonymous' } = { authLevel: 'anonymous' };

app.http('echo', {
  ...level,
  route: 'echo/{id:int}/{name?}',
  methods: ['GET', 'POST'],
  handler: async (request) => ({
    jsonBody: {
      params: request.params,
      query: Object.fromEntries(request.query),
      test: request.headers.get('x-test'),
      body: await request.text(),
    },
  }),
});

app.http('a-catch-all', {
  ...level,
  route: 'files/{*path}',
  handler: (request) => ({ body: `all ${request.params['path'] ?? ''}` }),
});
app.http('b-specific', { ...level, route: 'files/special', handler: () => ({ body: 'specific' }) });
app.http('nothing', { ...level, handler: () => Promise.resolve(JSON.parse('null')) });
app.http('throws', {
  ...level,
  handler: () => {
    throw new Error('the handler broke');
  },
});
app.http('cookies', {
  ...level,
  handler: () => ({
    status: 201,
    headers: { 'X-Own': 'yes' },
    cookies: [{ name: 'a', value: 'b c', httpOnly: true }],
    body: Buffer.from([0, 255]),
  }),
});
app.http('guarded', { authLevel: 'function', handler: () => ({ body: 'open' }) });
app.http('for-admins', { authLevel: 'admin', handler: () => ({ body: 'admin' }) });
app.http('switched-off', { ...level, handler: () => ({ body: 'off' }) });
app.http('slow', {
  ...level,
  handler: async (request, context) => {
    context.log('slow has begun');
    await new Promise((resolve) => setTimeout(resolve, Number(request.query.get('ms'))));
    return { body: 'slow is done' };
  },
});
app.http('hooked', { ...level, handler: (_, context) => ({ body: `handler of ${context.functionName}` }) });
app.http('crash', {
  ...level,
  handler: () => {
    setImmediate(() => {
      throw new Error('thrown outside of a function');
    });
    return { body: 'soon' };
  },
});

app.hook.appStart(() => {
  process.stderr.write('app has started\n');
});
app.hook.appTerminate(() => {
  process.stderr.write('app has terminated\n');
});
app.hook.preInvocation((hook) => {
  if (hook.invocationContext.functionName !== 'hooked') return;
  hook.hookData['seen'] = 'pre';
  hook.invocationContext.log('seen before');
});
app.hook.postInvocation((hook) => {
  if (hook.invocationContext.functionName !== 'hooked') return;
  hook.result = { body: [hook.hookData['seen'], 'and post'].join(' ') };
});
app.hook.log((line) => {
  if (line.message === 'seen before') line.message = 'rewritten by a hook';
});
