import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureApp, type MainProcess, startMain } from './start-main.ts';

let host: MainProcess;
beforeAll(async () => {
  host = await startMain(['--port', '0', '--app', fixtureApp]);
}, 20_000);
afterAll(() => host.end('SIGTERM'));

async function call(path: string, init?: RequestInit): Promise<{ status: number; text: string; headers: Headers }> {
  const response = await fetch(`${host.url}${path}`, init);
  return { status: response.status, text: await response.text(), headers: response.headers };
}

/** The status of a request with headers that fetch does not let a caller set. */
async function statusWith(headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${host.url}/v1/nothing`, { headers }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
}

/** For a machine that is busy with other things. */
const patience = { timeout: 10_000 };

describe('HTTP triggers', () => {
  it('hand over method, URL, parameters, query, headers and the bytes of the body', async () => {
    const body = Buffer.from([0, 1, 2, 253, 254, 255]);
    const { text } = await call('/v1/describe/a%20b/c?x=1&y=%26&x=2', {
      method: 'POST',
      headers: { 'X-Word': 'hello' },
      body,
    });
    expect(JSON.parse(text)).toEqual({
      method: 'POST',
      url: `${host.url}/v1/describe/a%20b/c?x=1&y=%26&x=2`,
      params: { id: 'a b', part: 'c' },
      query: [
        ['x', '1,2'],
        ['y', '&'],
      ],
      word: 'hello',
      bytes: 6,
      sha256: createHash('sha256').update(body).digest('hex'),
    });
  });

  it.each([
    ['an optional parameter may be missing, and case does not matter', '/V1/Describe/7', 200],
    ['a constraint that holds', '/v1/items/12', 200],
    ['a route outside of the prefix of host.json', '/api/items/12', 404],
    ['a path no function has', '/v1/none', 404],
    ['a path with too much', '/v1/describe/a/b/c', 404],
    ['an empty body with no status', '/v1/silent', 204],
    ['the result a hook put in', '/v1/nothing', 299],
  ])('answer: %s', async (_, path, status) => {
    expect((await call(path)).status).toBe(status);
  });

  it('answer 404 to a method that no function takes', async () => {
    expect((await call('/v1/items/12', { method: 'DELETE' })).status).toBe(404);
  });

  it.each([
    ['/v1/items/newest', 'newest'],
    ['/v1/items/12', '{"id":"12"}'],
    ['/v1/items/abc', 'by name'],
  ])('choose the most specific route for %s', async (path, text) => {
    expect((await call(path)).text).toBe(text);
  });

  it('give back status, headers, cookies and bytes', async () => {
    const response = await fetch(`${host.url}/v1/reply`);
    expect(response.status).toBe(201);
    expect(response.headers.get('x-answer')).toBe('yes');
    expect(response.headers.getSetCookie()).toEqual([
      'a=one%20two; Max-Age=60; HttpOnly; SameSite=Strict',
      'b=2; Path=/v1; Secure',
    ]);
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 255, 13, 10]);
  });

  it('answer 500 without the reason, which is in the log', async () => {
    const { status, text } = await call('/v1/broken');
    expect(status).toBe(500);
    expect(text).toBe('The function broken failed. Its log line says why.\n');
    await expect.poll(() => host.output(), patience).toContain('[error] broken: Error: the secret reason');
  });

  it('print what a function logs, so that no line of it can pass for another one', async () => {
    await call('/v1/describe/1');
    await expect
      .poll(() => host.output(), patience)
      .toMatch(/^\S+Z \[information\] describe: described\n {4}with a second line\\u\{1b\}\[2J$/m);
  });

  it('refuse a body of more than 100 MiB before it is sent', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = { 'content-length': 100 * 1024 * 1024 + 1 };
      const sending = request(`${host.url}/v1/echo`, { method: 'POST', headers }, (response) => {
        resolve(response.statusCode);
        sending.destroy();
      });
      sending.on('error', reject).flushHeaders();
    });
    expect(status).toBe(413);
  });

  it.each([
    ['a name that was rebound to this machine', { host: 'evil.example' }, 403],
    ['a web page of another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['localhost by name', { host: 'localhost:7071' }, 299],
  ])('take or refuse a request from %s', async (_, headers, status) => {
    expect(await statusWith(headers)).toBe(status);
  });

  it('were started before the app answered', async () => {
    expect(JSON.parse((await call('/v1/seen')).text)[0]).toEqual({ hook: 'appStart' });
  });
});
