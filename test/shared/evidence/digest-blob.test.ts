import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { digestBlob } from '../../../shared/evidence/digest-blob.ts';
import { makeBytes } from './start-source.ts';
import { startStorage, type TestStorage } from './start-storage.ts';

let storage: TestStorage;
beforeAll(async () => {
  storage = await startStorage();
});
afterAll(() => storage.close());

it.each([0, 1, 5 * 1024 * 1024 + 1])('gives length and SHA-256 of a blob of %i bytes', async (length) => {
  const content = makeBytes(length);
  await storage.container.getBlockBlobClient(`a/${length}`).upload(content, length);
  const sha256 = createHash('sha256').update(content).digest('hex');
  expect(await digestBlob(storage.container, `a/${length}`)).toEqual({ bytes: length, sha256 });
});

it('knows its bytes and not only its text: a byte order mark counts', async () => {
  const [plain, marked] = [Buffer.from('text'), Buffer.from('\ufefftext')];
  await storage.container.getBlockBlobClient('a/plain').upload(plain, plain.length);
  await storage.container.getBlockBlobClient('a/marked').upload(marked, marked.length);
  const [one, other] = [
    await digestBlob(storage.container, 'a/plain'),
    await digestBlob(storage.container, 'a/marked'),
  ];
  expect(one?.sha256).not.toBe(other?.sha256);
});

it('says that there is none, and throws what else storage answers', async () => {
  expect(await digestBlob(storage.container, 'a/absent')).toBeNull();
  const away = await storage.behind(() => ({ status: 403, code: 'AuthorizationFailure' }));
  await expect(digestBlob(away, 'a/0')).rejects.toMatchObject({ statusCode: 403 });
  await expect(digestBlob(storage.open('nowhere'), 'a/0')).rejects.toMatchObject({ statusCode: 404 });
});
