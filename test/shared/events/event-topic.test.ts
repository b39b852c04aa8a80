import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Agent, type Dispatcher, MockAgent } from 'undici';
import { openTopic } from '../../../shared/events/event-topic.ts';

const announcement = {
  id: 'c-collection.ended',
  type: 'collection.ended',
  collectionId: 'c',
  at: '2026-11-20T08:00:00.000Z',
  data: { status: 'collected' },
} as const;

const arrived: { readonly request: IncomingMessage; readonly body: string }[] = [];
let status = 200;
let endpoint = '';
const server = createServer(async (request, answer) => {
  let body = '';
  for await (const piece of request) body += String(piece);
  arrived.push({ request, body });
  answer.writeHead(status, { location: 'https://elsewhere.example.com/?sig=SECRET' }).end('sig=SECRET');
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/events`;
});
afterAll(() => server.close());

const open = (more: { dispatcher?: Dispatcher; endpoint?: string; askForToken?: () => Promise<string> } = {}) => {
  const clock = { ms: 0 };
  const asked: string[] = [];
  const topic = openTopic({
    endpoint,
    source: 'https://collector.example.com/api',
    now: () => clock.ms,
    askForToken: async (scope) => {
      asked.push(scope);
      return 'TOKEN';
    },
    ...more,
  });
  return { topic, clock, asked };
};

describe('an event', () => {
  it('is a CloudEvent 1.0 by the structured mode, and no token goes to this machine', async () => {
    const { topic, asked } = open();
    await topic.publish(announcement);
    const [last] = arrived.splice(0);
    expect(last?.request.url).toBe('/api/events?api-version=2018-01-01');
    expect(last?.request.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(last?.request.headers.authorization).toBeUndefined();
    expect(JSON.parse(last?.body ?? '')).toEqual({
      specversion: '1.0',
      id: 'c-collection.ended',
      source: 'https://collector.example.com/api',
      type: 'collection.ended',
      subject: 'collections/c',
      time: '2026-11-20T08:00:00.000Z',
      datacontenttype: 'application/json',
      data: { status: 'collected' },
    });
    expect(asked).toEqual([]);
  });

  it.each([
    ['soc.westeurope-1.eventgrid.azure.net', 'https://eventgrid.azure.net/.default'],
    ['soc.usgovvirginia-1.eventgrid.azure.us', 'https://eventgrid.azure.us/.default'],
  ])('to %s bears a token for %s', async (host, scope) => {
    const dispatcher = new MockAgent();
    dispatcher.disableNetConnect();
    const headers: unknown[] = [];
    dispatcher
      .get(`https://${host}`)
      .intercept({ path: '/api/events?api-version=2018-01-01', method: 'POST' })
      .reply((given) => {
        headers.push(Object.fromEntries(new Headers(given.headers as Record<string, string>)));
        return { statusCode: 200 };
      });
    const { topic, asked } = open({ dispatcher, endpoint: `https://${host}/api/events` });
    await topic.publish(announcement);
    expect(asked).toEqual([scope]);
    expect(headers).toMatchObject([{ authorization: 'Bearer TOKEN' }]);
  });

  it.each([
    [401, 'topic-refused', /EventGrid Data Sender/],
    [400, 'topic-refused', /CloudEvents 1\.0/],
    [302, 'topic-refused', /answered 302/],
    [503, 'topic-refused', /answered 503/],
  ])(
    'that is answered with %d is a fault that says what to do, and holds nothing of the answer',
    async (given, code, message) => {
      status = given;
      const fault: unknown = await open()
        .topic.publish(announcement)
        .catch((error: unknown) => error);
      status = 200;
      expect(fault).toMatchObject({ code, message: expect.stringMatching(message) });
      expect(JSON.stringify(fault) + String(fault)).not.toContain('SECRET');
    },
  );

  it('is not sent for half a minute after a fault, and then is', async () => {
    const { topic, clock } = open();
    status = 500;
    await expect(topic.publish(announcement)).rejects.toMatchObject({ code: 'topic-refused' });
    status = 200;
    arrived.splice(0);
    clock.ms = 29_999;
    await expect(topic.publish(announcement)).rejects.toMatchObject({ code: 'topic-unreachable' });
    expect(arrived).toEqual([]);
    clock.ms = 30_000;
    await topic.publish(announcement);
    expect(arrived).toHaveLength(1);
  });

  it('whose topic is not there, or for which no token is to be had, is a fault without details', async () => {
    const gone = open({ endpoint: 'http://127.0.0.1:1/api/events', dispatcher: new Agent({ connectTimeout: 500 }) });
    await expect(gone.topic.publish(announcement)).rejects.toMatchObject({ code: 'topic-unreachable' });
    const locked = open({
      endpoint: 'https://soc.example.com/api/events',
      askForToken: () => Promise.reject(new Error('client_secret=SECRET')),
    });
    const fault: unknown = await locked.topic.publish(announcement).catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: 'topic-token', message: expect.not.stringContaining('SECRET') });
  });
});
