import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { fetchByApi } from '../../../../local/doctor/canary/fetch-by-api.ts';
import { type AppApi, openApp } from '../../../../local/doctor/canary/open-app.ts';

const LONGEST_MS = 2_000;

async function open(listener: RequestListener): Promise<AppApi> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const opened = openApp(`http://127.0.0.1:${port}`, 'token', LONGEST_MS);
  if (opened.outcome === 'wrong') throw new Error(opened.why);
  return opened.api;
}

it('an answer that does not begin in time is none', async () => {
  const api = await open(() => undefined);
  expect(await api.ask('health')).toEqual({ answer: 'none', why: 'It did not answer in time.' });
});

it('an answer that has begun may take as long as it comes', async () => {
  const api = await open(async (_, response) => {
    response.writeHead(200).write('begun ');
    await sleep(LONGEST_MS + 500);
    response.end('and ended');
  });
  const asked = await api.ask('health');
  expect(asked.answer === 'given' ? await asked.response.text() : asked).toBe('begun and ended');
});

it('a file that breaks off on its way is named', async () => {
  const api = await open((request, response) => {
    if (request.url?.endsWith('/evidence') === true) {
      response.writeHead(200).end(JSON.stringify({ files: [{ path: 'bagit.txt', bytes: 100 }] }));
      return;
    }
    response.writeHead(200, { 'content-length': '100' }).write('only this', () => response.destroy());
  });
  const folder = mkdtempSync(join(tmpdir(), 'open-app-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const why = 'bagit.txt broke off on its way.';
  expect(await fetchByApi(api, 'f'.repeat(32), folder)).toEqual({ outcome: 'not fetched', why });
});
