import { once } from 'node:events';
import { createServer, request as openRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPassage, type Passage, type Watcher } from '../../bench/chaos/passage.ts';
import { takeAim } from '../../bench/chaos/take-aim.ts';

const START = '/api/machines/1e5bc9d7/runliveresponse';

let service: Server;
let target = '';
let received: string[] = [];
let status = 201;
const passages: Passage[] = [];

beforeEach(async () => {
  received = [];
  status = 201;
  service = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(Buffer.from(chunk));
      received.push(`${request.method} ${request.url} ${Buffer.concat(chunks)}`);
      response.writeHead(status, { etag: '"1"', 'x-own': 'kept' }).end('answer');
    } catch {
      received.push('cut short');
    }
  });
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  target = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const passage of passages.splice(0)) await passage.close();
  service.closeAllConnections();
  await new Promise((resolve) => service.close(resolve));
});

async function open(watcher: Watcher): Promise<string> {
  const passage = await openPassage('defender', target, watcher);
  passages.push(passage);
  return passage.origin;
}

const post = (origin: string) => fetch(`${origin}${START}?a=%20b`, { method: 'POST', body: 'body' });

describe('a passage', () => {
  it('passes request and answer on as they are, and shows both', async () => {
    const seen: string[] = [];
    const origin = await open({
      onArrival: ({ call, path }) => {
        seen.push(`arrival of ${call} ${path}`);
        return 'let by';
      },
      onAnswer: ({ call }, { status, etag }) => void seen.push(`answer to ${call} ${status} ${etag}`),
    });
    const answer = await post(origin);
    expect([answer.status, answer.headers.get('x-own'), await answer.text()]).toEqual([201, 'kept', 'answer']);
    expect(received).toEqual([`POST ${START}?a=%20b body`]);
    expect(seen).toEqual([`arrival of start ${START}`, 'answer to start 201 "1"']);
  });

  it('answers nothing to a call that is cut off, and the service never sees it', async () => {
    const origin = await open({ onArrival: () => 'cut off', onAnswer: () => undefined });
    await expect(post(origin)).rejects.toThrow();
    expect(received).toEqual([]);
  });

  it('brings a whole request to its end though whoever sent it is gone, and cuts one short that was cut short', async () => {
    const answered = Promise.withResolvers<number>();
    const origin = await open({
      onArrival: () => 'let by',
      onAnswer: (_, { status }) => answered.resolve(status),
    });
    const whole = openRequest(`${origin}${START}`, { method: 'POST', headers: { 'content-length': 4 } });
    whole.on('error', () => undefined);
    whole.end('body', () => setImmediate(() => whole.destroy()));
    expect(await answered.promise).toBe(201);
    expect(received).toEqual([`POST ${START} body`]);

    const half = openRequest(`${origin}${START}`, { method: 'POST', headers: { 'content-length': 9 } });
    half.on('error', () => undefined);
    half.write('half', () => setImmediate(() => half.destroy()));
    await expect.poll(() => received).toEqual([`POST ${START} body`, 'cut short']);
  });
});

describe('a strike that waits for its call', () => {
  it('before it: hits once, and the service never sees the call', async () => {
    const aiming = takeAim();
    const origin = await open(aiming.watch('first'));
    let hits = 0;
    aiming.arm({ at: 'before', call: 'start', skip: 1, lagMs: 0 }, () => {
      hits += 1;
    });
    expect((await post(origin)).status).toBe(201);
    expect(hits).toBe(0);
    await expect(post(origin)).rejects.toThrow();
    expect([hits, received.length]).toEqual([1, 1]);
    expect((await post(origin)).status).toBe(201);
    expect(hits).toBe(1);
  });

  it('after it: hits when the service has done it, and not at one that was refused', async () => {
    const aiming = takeAim();
    const origin = await open(aiming.watch('first'));
    const hits: number[] = [];
    aiming.arm({ at: 'after', call: 'start', skip: 0, lagMs: 0 }, () => hits.push(received.length));
    status = 429;
    await post(origin);
    expect(hits).toEqual([]);
    status = 201;
    await post(origin);
    expect(hits).toEqual([2]);
  });

  it('hits the app whose call it was, and only that one', async () => {
    const aiming = takeAim();
    const [first, second] = [await open(aiming.watch('first')), await open(aiming.watch('second'))];
    const hits: string[] = [];
    aiming.arm({ at: 'after', call: 'start', skip: 1, lagMs: 0 }, (name) => hits.push(name));
    await post(first);
    await post(second);
    await post(first);
    expect(hits).toEqual(['second']);
  });

  it('hits as many milliseconds later as it is told', async () => {
    const aiming = takeAim();
    const origin = await open(aiming.watch('first'));
    const hit = Promise.withResolvers<string>();
    aiming.arm({ at: 'after', call: 'start', skip: 0, lagMs: 5 }, hit.resolve);
    expect((await post(origin)).status).toBe(201);
    expect(await hit.promise).toBe('first');
  });

  it('hits no other call, and none once it is disarmed', async () => {
    const aiming = takeAim();
    const origin = await open(aiming.watch('first'));
    let hits = 0;
    const hit = () => {
      hits += 1;
    };
    aiming.arm({ at: 'after', call: 'upload', skip: 0, lagMs: 0 }, hit);
    await post(origin);
    aiming.arm({ at: 'after', call: 'start', skip: 0, lagMs: 0 }, hit);
    aiming.disarm();
    await post(origin);
    expect(hits).toBe(0);
  });
});
