import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';

/** Everything the triggers of this app were given, in order; GET /v1/seen answers it. */
const seen: Record<string, unknown>[] = [];
const settings = process.env;

if (settings['FIXTURE_MISSING'] !== undefined) throw new Error('Two settings are missing: ALPHA, BETA.');
if (settings['FIXTURE_STREAM'] !== undefined) app.setup({ enableHttpStream: true });

async function describe(request: HttpRequest): Promise<HttpResponseInit> {
  const body = new Uint8Array(await request.arrayBuffer());
  return {
    jsonBody: {
      method: request.method,
      url: request.url,
      params: request.params,
      query: [...request.query],
      word: request.headers.get('x-word'),
      bytes: body.length,
      sha256: createHash('sha256').update(body).digest('hex'),
    },
  };
}

app.http('describe', { methods: ['GET', 'POST'], route: 'describe/{id}/{part?}', handler: describe });
app.http('item', { methods: ['GET'], route: 'items/{id:int}', handler: ({ params }) => ({ jsonBody: params }) });
app.http('latest', { methods: ['GET'], route: 'items/{name}', handler: () => ({ body: 'by name' }) });
app.http('newest', { methods: ['GET'], route: 'items/newest', handler: () => ({ body: 'newest' }) });
app.http('seen', { methods: ['GET'], handler: () => ({ jsonBody: seen }) });
app.http('nothing', { methods: ['GET'], handler: () => ({}) });
app.http('silent', { methods: ['GET'], handler: () => undefined as unknown as HttpResponseInit });
if (settings['FIXTURE_STREAM'] !== undefined) {
  app.http('hasty', {
    methods: ['POST'],
    handler: async ({ body }) => {
      const reader = body?.getReader();
      await reader?.read();
      return { status: 413, body: 'too much' };
    },
  });
}
app.http('echo', {
  methods: ['POST'],
  handler: ({ body, headers }) => ({ body, headers: { 'content-type': headers.get('content-type') ?? '' } }),
});
app.http('reply', {
  methods: ['GET'],
  handler: () => ({
    status: 201,
    body: Buffer.from([0, 255, 13, 10]),
    headers: { 'x-answer': 'yes', 'content-type': 'application/octet-stream' },
    cookies: [
      { name: 'a', value: 'one two', httpOnly: true, sameSite: 'Strict', maxAge: 60 },
      { name: 'b', value: '2', path: '/v1', secure: true },
    ],
  }),
});
app.http('broken', {
  methods: ['GET'],
  handler: () => {
    throw new Error('the secret reason');
  },
});
app.http('slow', {
  methods: ['GET'],
  handler: async (_, context) => {
    context.log('it began');
    await wait(300);
    return { body: 'finished' };
  },
});

if (settings['TICK_SCHEDULE'] !== undefined) {
  app.timer('tick', {
    schedule: '%TICK_SCHEDULE%',
    handler: async (timer) => {
      const run: Record<string, unknown> = { tick: timer, beganAt: Date.now() };
      seen.push(run);
      await wait(Number(settings['TICK_MS'] ?? 0));
      run['endedAt'] = Date.now();
    },
  });
  app.timer('yearly', {
    schedule: '0 0 0 1 1 *',
    runOnStartup: true,
    handler: (timer) => void seen.push({ yearly: timer }),
  });
}

app.eventGrid('record', {
  handler: (event) => {
    seen.push({ event });
    if (event.subject === 'fails') throw new Error('this event cannot be used');
  },
});

if (settings['TICKET_CONTAINER'] !== undefined) {
  let now = 0;
  app.storageBlob('copy', {
    path: '%TICKET_CONTAINER%/{collection}/{ticket}.json',
    connection: 'FixtureStorage',
    source: 'EventGrid',
    handler: async (blob: unknown, context: InvocationContext) => {
      const text = blob instanceof Buffer ? blob.toString('utf8') : JSON.stringify(blob);
      now += 1;
      const atOnce = now;
      await wait(text === 'slow' ? 400 : 0);
      now -= 1;
      const failedBefore = seen.filter((entry) => entry['text'] === text).length;
      seen.push({ text, isBuffer: blob instanceof Buffer, metadata: context.triggerMetadata, atOnce });
      if (text === 'fails always') throw new Error('no use');
      if (text === 'fails twice' && failedBefore < 2) throw new Error('not yet');
    },
  });
}

app.hook.appStart(() => void seen.push({ hook: 'appStart' }));
app.hook.appTerminate(() => {
  if (settings['FIXTURE_SAY_END'] !== undefined) process.stdout.write('the app was told to end\n');
});
app.hook.preInvocation(({ invocationContext, hookData }) => {
  hookData['function'] = invocationContext.functionName;
});
app.hook.postInvocation((context) => {
  if (context.hookData['function'] === 'nothing') context.result = { status: 299 };
  if (context.hookData['function'] === 'describe')
    context.invocationContext.log('described\nwith a second line\u001b[2J');
});
