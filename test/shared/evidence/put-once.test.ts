import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AnonymousCredential, ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putOnce } from '../../../shared/evidence/put-once.ts';
import { startStorage, type TestStorage } from './start-storage.ts';

const HELLO = {
  sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
  bytes: 5,
  content: Buffer.from('hello'),
};

describe('putOnce', () => {
  let storage: TestStorage;
  beforeAll(async () => {
    storage = await startStorage();
  }, 60_000);
  afterAll(async () => {
    await storage.close();
  });

  it('I5 writes once, and answers a second write with what is stored', async () => {
    const path = 'a/data/alert/alert.json';
    const first = await putOnce(storage.container, path, Buffer.from('hello'), 'application/json');
    expect(first).toEqual({ outcome: 'written', ...HELLO });
    const second = await putOnce(storage.container, path, Buffer.from('something else'), 'text/html');
    expect(second).toEqual({ outcome: 'already there', ...HELLO });
    const { contentType, contentLength } = await storage.container.getBlobClient(path).getProperties();
    expect([contentType, contentLength]).toEqual(['application/json', 5]);
  });

  it('I5 lets one of ten writers at once win, and tells all what it wrote', async () => {
    const writers = Array.from({ length: 10 }, (_, number) =>
      putOnce(storage.container, 'a/custody.jsonl', Buffer.from(`writer ${number}`), 'text/plain'),
    );
    const answers = await Promise.all(writers);
    expect(answers.filter(({ outcome }) => outcome === 'written')).toHaveLength(1);
    expect(new Set(answers.map(({ sha256 }) => sha256)).size).toBe(1);
  });

  it('writes nothing into an empty blob', async () => {
    const empty = await putOnce(storage.container, 'a/empty', new Uint8Array(), 'text/plain');
    expect(empty).toMatchObject({ outcome: 'written', bytes: 0 });
    const again = await putOnce(storage.container, 'a/empty', Buffer.from('hello'), 'text/plain');
    expect(again).toEqual({ ...empty, outcome: 'already there', content: Buffer.alloc(0) });
  });

  it('throws what is not a second write', async () => {
    await expect(putOnce(storage.open('absent'), 'a/b', Buffer.from('hello'), 'text/plain')).rejects.toMatchObject({
      code: 'ContainerNotFound',
    });
  });
});

describe('putOnce, where storage refuses', () => {
  /** A service that refuses each write, and holds what it holds. */
  async function refuse(status: number, code: string, stored: string | null) {
    const sent: unknown[] = [];
    const server = createServer((request, response) => {
      if (request.method === 'PUT') {
        sent.push(request.headers['content-md5'], request.headers['if-none-match']);
        request.resume();
        request.on('end', () =>
          response.writeHead(status, { 'content-type': 'application/xml' }).end(`<Error><Code>${code}</Code></Error>`),
        );
      } else if (stored === null) response.writeHead(404, { 'x-ms-error-code': 'BlobNotFound' }).end();
      else
        response
          .writeHead(200, {
            etag: '"0x1"',
            'content-length': stored.length,
            'last-modified': 'Sat, 31 Jan 2026 12:00:00 GMT',
          })
          .end(stored);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/account/evidence`;
    const container = new ContainerClient(url, new AnonymousCredential(), { retryOptions: { maxTries: 1 } });
    const outcome = await putOnce(container, 'a/b', Buffer.from('hello'), 'text/plain').catch(
      (error: unknown) => error,
    );
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    return { outcome, sent };
  }

  it.each([
    [409, 'BlobAlreadyExists'],
    [409, 'BlobImmutableDueToPolicy'],
    [412, 'ConditionNotMet'],
  ])('takes the stored bytes after %i %s', async (status, code) => {
    const { outcome, sent } = await refuse(status, code, 'hello');
    expect(outcome).toEqual({ outcome: 'already there', ...HELLO });
    expect(sent).toEqual(['XUFAKrxLKna5cZ2REBfFkg==', '*']);
  });

  it('throws a refusal when nothing is stored', async () => {
    const { outcome } = await refuse(409, 'ContainerBeingDeleted', null);
    expect(outcome).toMatchObject({ statusCode: 409, code: 'ContainerBeingDeleted' });
  });

  it('throws a damage that the service found', async () => {
    const { outcome } = await refuse(400, 'Md5Mismatch', 'hello');
    expect(outcome).toMatchObject({ statusCode: 400, code: 'Md5Mismatch' });
  });
});
