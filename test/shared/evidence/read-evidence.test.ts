import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listPackage, openStream, readWhole } from '../../../shared/evidence/read-evidence.ts';
import { startStorage, type TestStorage } from './start-storage.ts';

describe('reading evidence', () => {
  let storage: TestStorage;
  beforeAll(async () => {
    storage = await startStorage();
    const blobs = {
      'a/bagit.txt': 'bagit',
      'a/data/0-1-getfile/content': 'content',
      'a-r1/bagit.txt': 'other',
      'ab/x': '',
    };
    for (const [name, text] of Object.entries(blobs)) {
      const blobHTTPHeaders = { blobContentType: 'text/plain' };
      await storage.container.getBlockBlobClient(name).upload(text, text.length, { blobHTTPHeaders });
    }
  }, 60_000);
  afterAll(async () => {
    await storage.close();
  });

  it('lists the blobs of one package by their paths in it', async () => {
    expect(await listPackage(storage.container, 'a')).toEqual([
      { path: 'bagit.txt', bytes: 5 },
      { path: 'data/0-1-getfile/content', bytes: 7 },
    ]);
    expect(await listPackage(storage.container, 'nobody')).toEqual([]);
  });

  it.each([
    ['a/bagit.txt', 5, { outcome: 'read', content: Buffer.from('bagit'), contentType: 'text/plain' }],
    ['a/bagit.txt', 4, { outcome: 'too large', bytes: 5 }],
    ['ab/x', 0, { outcome: 'read', content: Buffer.alloc(0), contentType: 'text/plain' }],
    ['a/absent', 5, { outcome: 'not found' }],
  ])('reads %s of at most %i bytes', async (path, capBytes, expected) => {
    expect(await readWhole(storage.container, path, capBytes)).toEqual(expected);
  });

  it('opens a blob as a stream', async () => {
    const opened = await openStream(storage.container, 'a/data/0-1-getfile/content');
    if (opened.outcome !== 'opened') throw new Error(opened.outcome);
    expect(await buffer(opened.stream)).toEqual(Buffer.from('content'));
    expect([opened.bytes, opened.contentType]).toEqual([7, 'text/plain']);
    expect(await openStream(storage.container, 'a/absent')).toEqual({ outcome: 'not found' });
  });

  it('throws when there is no such container', async () => {
    await expect(readWhole(storage.open('absent'), 'a/b', 5)).rejects.toMatchObject({ code: 'ContainerNotFound' });
  });
});
