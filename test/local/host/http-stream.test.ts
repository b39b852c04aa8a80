import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureApp, type MainProcess, startMain } from './start-main.ts';

let host: MainProcess;
beforeAll(async () => {
  host = await startMain(['--port', '0', '--app', fixtureApp], { FIXTURE_STREAM: '1' });
}, 20_000);
afterAll(() => host.end('SIGTERM'));

/** For a machine that is busy with other things. */
const patience = { timeout: 10_000 };

describe('HTTP triggers with enableHttpStream', () => {
  it('stream 20 MB in and out: the answer begins before the request ends', async () => {
    const chunk = randomBytes(1024 * 1024);
    const sent = createHash('sha256');
    const sending = request(`${host.url}/v1/echo`, { method: 'POST', headers: { 'content-type': 'x/y' } });
    sending.write(chunk);
    sent.update(chunk);

    const [response] = await once(sending, 'response');
    expect(response.headers['content-type']).toBe('x/y');
    const received = createHash('sha256');
    let bytes = 0;
    response.on('data', (data: Buffer) => {
      received.update(data);
      bytes += data.length;
    });
    await expect.poll(() => bytes, patience).toBe(chunk.length);

    for (let part = 1; part < 20; part += 1) {
      if (!sending.write(chunk)) await once(sending, 'drain');
      sent.update(chunk);
    }
    sending.end();
    await once(response, 'end');
    expect(bytes).toBe(20 * 1024 * 1024);
    expect(received.digest('hex')).toBe(sent.digest('hex'));
  });

  it('still hand over URL, parameters, query and headers', async () => {
    const response = await fetch(`${host.url}/v1/describe/a%20b/c?x=1`, {
      method: 'POST',
      headers: { 'X-Word': 'hello' },
      body: 'abc',
    });
    expect(await response.json()).toMatchObject({
      url: `${host.url}/v1/describe/a%20b/c?x=1`,
      params: { id: 'a b', part: 'c' },
      query: [['x', '1']],
      word: 'hello',
      bytes: 3,
    });
  });

  it.each([
    ['/v1/reply', 201],
    ['/v1/silent', 204],
    ['/v1/broken', 500],
    ['/v1/none', 404],
  ])('answer %s with %i', async (path, status) => {
    const response = await fetch(`${host.url}${path}`);
    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain('secret');
  });

  it('take the next request on a connection whose last one was answered before its body had come', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async (method: string, path: string, body: Buffer): Promise<number | undefined> => {
      const sending = request(`${host.url}${path}`, { method, agent });
      sending.end(body);
      const [response] = await once(sending, 'response');
      response.resume();
      return response.statusCode;
    };
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await ask('POST', '/v1/hasty', Buffer.alloc(40 * 1024 * 1024))).toBe(413);
      expect(await ask('GET', '/v1/reply', Buffer.alloc(0))).toBe(201);
    }
    agent.destroy();
  });

  it('refuse a body that grows beyond 100 MiB', async () => {
    const chunk = Buffer.alloc(4 * 1024 * 1024);
    const sending = request(`${host.url}/v1/describe/1`, { method: 'POST' });
    const answered = once(sending, 'response');
    const sent = pipeline(Readable.from(Array.from({ length: 26 }, () => chunk)), sending).catch(() => 'cut off');
    const [response] = await answered;
    expect(response.statusCode).toBe(413);
    sending.destroy();
    await sent;
  });
});
