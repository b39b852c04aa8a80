import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppUnderTest, startAppUnderTest } from './app-under-test.ts';
import { type ApiDocument, type ApiOperation, openChecker } from './check-answer.ts';

interface CloudEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly data: { readonly status: string };
}

let app: AppUnderTest;
const events: CloudEvent[] = [];
/** Takes events, but for the first of each, as a topic that is away does. */
const refused = new Set<string>();
const topic = createServer(async (request, answer) => {
  let body = '';
  for await (const piece of request) body += String(piece);
  const event = JSON.parse(body) as CloudEvent;
  const isFirst = event.type === 'collection.ended' && !refused.has(event.id);
  refused.add(event.id);
  if (!isFirst) events.push(event);
  answer.writeHead(isFirst ? 503 : 200).end();
});

beforeAll(async () => {
  topic.listen(0, '127.0.0.1');
  await once(topic, 'listening');
  const endpoint = `http://127.0.0.1:${(topic.address() as AddressInfo).port}/api/events`;
  const settings = {
    COMMENT_ON_ALERT: 'true',
    COMPLETION_TOPIC_ENDPOINT: endpoint,
    WEBSITE_HOSTNAME: 'soc.example.com',
  };
  app = await startAppUnderTest({ settings });
});
afterAll(async () => {
  await app.close();
  topic.closeAllConnections();
  topic.close();
});

interface Given {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A client that is made from a description alone: it sends only what is described, encoded as generated ones do, and takes only answers that are. */
function makeClient(origin: string, document: ApiDocument) {
  const { findFault, checkAnswer } = openChecker(document);
  const find = (operationId: string): readonly [path: string, method: string, ApiOperation] => {
    for (const [path, methods] of Object.entries(document.paths))
      for (const [method, operation] of Object.entries(methods))
        if (operation.operationId === operationId) return [path, method, operation];
    throw new Error(`The description has no ${operationId}.`);
  };
  return async (operationId: string, { parameters = {}, body }: Given = {}): Promise<Response> => {
    const [path, method, operation] = find(operationId);
    const query = new URLSearchParams();
    let filled = path;
    for (const [name, value] of Object.entries(parameters)) {
      const place = operation.parameters?.find((parameter) => parameter.name === name)?.in;
      if (place === undefined) throw new Error(`${operationId} has no parameter ${name}.`);
      if (place === 'query') query.set(name, value);
      else filled = filled.replace(`{${name}}`, encodeURIComponent(value));
    }
    const schema = operation.requestBody?.content['application/json']?.schema;
    if (body !== undefined && findFault(schema ?? { not: {} }, body) !== null)
      throw new Error('The body does not fit.');
    const url = new URL(`${document.servers[0]?.url}${filled}?${query}`, origin);
    const sent =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const answer = await fetch(url, { method: method.toUpperCase(), ...sent });
    await checkAnswer(operation, answer);
    return answer;
  };
}

describe('a client made from the description of the API', () => {
  it('starts a collection, waits for it and reads all there is of it', async () => {
    const document = (await (await app.get('/api/openapi.json')).json()) as ApiDocument;
    const call = makeClient(app.url, document);
    const accepted = await call('receive-alert', { body: { alertId: app.alertIds[0] } });
    const { collections } = (await accepted.json()) as { collections: { id: string }[] };
    const id = collections[0]?.id ?? '';
    const operation = accepted.headers.get('location')?.split('/').at(-1) ?? '';
    await expect
      .poll(async () => (await call('get-operation', { parameters: { id: operation } })).status, { timeout: 120_000 })
      .toBe(200);
    const collection = (await (await call('get-collection', { parameters: { id } })).json()) as { status: string };
    expect(collection.status).toBe('collected');
    const { files } = (await (await call('list-evidence', { parameters: { id } })).json()) as {
      files: { path: string; bytes: number }[];
    };
    for (const { path, bytes } of files) {
      const answer = await call('get-evidence-item', { parameters: { id, item: path } });
      expect((await answer.arrayBuffer()).byteLength).toBe(bytes);
    }
    const found = await call('list-collections', { parameters: { status: 'collected', limit: '1' } });
    expect(await found.json()).toMatchObject({ collections: [{ id }], next: null });
    for (const name of ['get-custody', 'get-report'])
      expect((await call(name, { parameters: { id } })).status).toBe(200);
    for (const name of ['get-health', 'get-keys', 'get-quota', 'get-openapi', 'wake-poll', 'pause', 'resume'])
      expect((await call(name)).status).toBe(200);
    const machine = { parameters: { id: 'b'.repeat(40) }, body: { minutes: 1 } };
    expect((await call('yield-machine', machine)).status).toBe(200);
    expect((await call('cancel-collection', { parameters: { id } })).status).toBe(409);
    expect((await call('retry-collection', { parameters: { id } })).status).toBe(409);
    expect((await call('get-collection', { parameters: { id: 'nonsense' } })).status).toBe(404);
  }, 180_000);

  it('what was described is what is committed', async () => {
    const { readFile } = await import('node:fs/promises');
    const committed = await readFile(new URL('../../docs/openapi.json', import.meta.url), 'utf8');
    expect(await (await app.get('/api/openapi.json')).json()).toEqual(JSON.parse(committed));
  });
});

describe('others', () => {
  it('are told of the start and the end, again where the topic was away, and by one comment on the alert', async () => {
    const [id] = (
      (await (await app.get('/api/collections')).json()) as { collections: { id: string }[] }
    ).collections.map((one) => one.id);
    // A topic that refused is left alone for half a minute.
    const told = () => [...new Set(events.map((event) => event.id))].sort();
    await expect.poll(told, { timeout: 120_000 }).toEqual([`${id}-collection.ended`, `${id}-collection.started`]);
    const ended = events.find((event) => event.type === 'collection.ended');
    expect(ended).toMatchObject({
      id: `${id}-collection.ended`,
      subject: `collections/${id}`,
      data: { status: 'collected' },
    });
    const readComments = async () => {
      const alert = await fetch(`${app.simulator.apiUrl}/api/alerts/${app.alertIds[0]}`, {
        headers: { authorization: `Bearer ${app.simulator.token}` },
      });
      return ((await alert.json()) as { comments: { comment: string }[] }).comments.map((one) => one.comment);
    };
    const ours = async () => (await readComments()).filter((comment) => comment.startsWith('Evidence Collector:'));
    await expect.poll(async () => (await ours()).length, { timeout: 60_000 }).toBe(1);
    await fetch(`${app.url}/api/poll`, { method: 'POST' });
    const [comment, ...more] = await ours();
    expect(more).toEqual([]);
    expect(comment).toMatch(/^Evidence Collector: collected, 2 of 2 results stored\. .*1 same/);
    expect(comment).toContain(`https://soc.example.com/api/collections/${id}`);
    expect(`${comment}${JSON.stringify(events)}`).not.toMatch(/sig=|blob/i);
  }, 240_000);
});
