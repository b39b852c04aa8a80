import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CopyError } from '../../../shared/evidence/copy-error.ts';
import { startBlocks } from '../../../shared/evidence/stage-blocks.ts';
import { MIB, theStorage, useStorage } from './prepare-copy.ts';
import { makeBytes } from './start-source.ts';
import type { Fate, StorageCall } from './start-storage.ts';

useStorage();

const TAKEN: Fate = { status: 201, code: 'none' };

/** A writer into a storage that answers as it is told; `calls` are those that came there. */
async function startWriter(decide: (call: StorageCall) => Fate | Promise<Fate>, prefix = 'try') {
  const calls: StorageCall[] = [];
  const container = await theStorage().behind((call) => {
    calls.push(call);
    return decide(call);
  });
  return { blocks: startBlocks(container.getBlockBlobClient('a/b'), prefix), calls, container };
}

const blocksOf = (calls: readonly StorageCall[]) => calls.filter(({ kind }) => kind === 'block');

describe('startBlocks', () => {
  it('I12 has two blocks on their way at a time, and takes no more while neither has arrived', async () => {
    const gates = Array.from({ length: 6 }, () => ({
      arrived: Promise.withResolvers<void>(),
      opened: Promise.withResolvers<void>(),
    }));
    let atOnce = 0;
    let most = 0;
    const { blocks, calls, container } = await startWriter(async ({ kind }) => {
      if (kind !== 'block') return kind === 'commit' ? TAKEN : 'pass';
      const gate = gates[blocksOf(calls).length - 1];
      atOnce += 1;
      most = Math.max(most, atOnce);
      gate?.arrived.resolve();
      await gate?.opened.promise;
      atOnce -= 1;
      return TAKEN;
    });
    let takenMib = 0;
    const feeding = (async () => {
      for (; takenMib < 48; takenMib += 1) await blocks.take(makeBytes(MIB));
    })();
    await Promise.all(gates.slice(0, 2).map(({ arrived }) => arrived.promise));
    // Other requests have time to come and go; a third block would have come before them.
    for (let trip = 0; trip < 20; trip += 1) await container.getBlobClient('other').exists();
    expect([blocksOf(calls).length, takenMib]).toEqual([2, 23]);

    for (const { arrived, opened } of gates) {
      await arrived.promise;
      opened.resolve();
    }
    await feeding;
    await blocks.commit({});
    expect([blocksOf(calls).length, most]).toEqual([6, 2]);
  });

  it('sends each block with its MD5 and an id of its own, and commits them in their order unless the blob exists', async () => {
    const content = makeBytes(17 * MIB);
    const { blocks, calls } = await startWriter(() => TAKEN);
    for (let at = 0; at < content.length; at += 700_001) await blocks.take(content.subarray(at, at + 700_001));
    expect(blocks.count()).toBe(2);
    await blocks.commit({ metadata: { sha256: 'abc' } });

    const staged = blocksOf(calls).sort((one, other) => String(one.blockId).localeCompare(String(other.blockId)));
    expect(Buffer.concat(staged.map(({ body }) => body)).equals(content)).toBe(true);
    expect(staged.map(({ headers }) => headers['content-md5'])).toEqual(
      staged.map(({ body }) => createHash('md5').update(body).digest('base64')),
    );
    const ids = staged.map(({ blockId }) => Buffer.from(String(blockId), 'base64').toString());
    expect(ids).toEqual(['try-00000', 'try-00001', 'try-00002']);
    const commit = calls.find(({ kind }) => kind === 'commit');
    expect(commit?.headers).toMatchObject({ 'if-none-match': '*', 'x-ms-meta-sha256': 'abc' });
    const listed = [...String(commit?.body).matchAll(/<Latest>([^<]+)<\/Latest>/g)].map(([, id]) => id);
    expect(listed).toEqual(staged.map(({ blockId }) => blockId));
  });

  it.each<[string, Fate, string]>([
    ['finds a block damaged on its way', 'damage', 'Md5Mismatch'],
    ['takes no block', { status: 403, code: 'AuthorizationFailure' }, 'AuthorizationFailure, status 403'],
    ['refuses a block for a blob that is not there', { status: 409, code: 'ContainerBeingDeleted' }, 'ContainerBeing'],
  ])('commits nothing when storage %s', async (_name, fate, words) => {
    const { blocks, calls } = await startWriter(({ kind }) => (kind === 'block' ? fate : 'pass'));
    await blocks.take(makeBytes(MIB));
    const error: unknown = await blocks.commit({}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CopyError);
    expect(error).toMatchObject({ code: 'storage', message: expect.stringContaining(words) });
    expect(calls.filter(({ kind }) => kind === 'commit')).toEqual([]);
  });

  it('says so before long when a block was not taken', async () => {
    const { blocks } = await startWriter(() => ({ status: 403, code: 'AuthorizationFailure' }));
    const feeding = async () => {
      for (let block = 0; block < 4; block += 1) await blocks.take(makeBytes(8 * MIB));
    };
    await expect(feeding()).rejects.toMatchObject({ code: 'storage' });
    expect(blocks.count()).toBeLessThan(4);
  });
});
