import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type InsideCaps, startHashing } from '../../../shared/evidence/hash-content.ts';
import { hashesOf, MIB } from './prepare-copy.ts';
import { makeBytes } from './start-source.ts';

const CAPS: InsideCaps = { maxInsideBytes: 64 * MIB, maxInsideRatio: 2000 };

/** Hashes content that comes in pieces which end at those offsets. */
async function hashInPieces(content: Buffer, ends: readonly number[], caps = CAPS, announced: number | null = null) {
  const hasher = startHashing(caps, announced);
  let from = 0;
  for (const end of [...ends, content.length]) {
    await hasher.take(content.subarray(from, end));
    from = end;
  }
  return hasher.finish();
}

const named = Buffer.concat([Buffer.from('1f8b08080000000000035c2e2e5c6500', 'hex'), gzipSync('named').subarray(10)]);

describe('startHashing', () => {
  it.each<[string, Buffer, string | null]>([
    ['nothing', Buffer.alloc(0), null],
    ['the first byte of a gzip', Buffer.from([0x1f]), null],
    ['the magic of a gzip and no more', Buffer.from([0x1f, 0x8b]), null],
    ['another second byte', Buffer.from([0x1f, 0x8c, 8, 0]), null],
    ['text', Buffer.from('{"exit_code":0}'), null],
    ['a gzip', gzipSync('content'), 'content'],
    ['a gzip of nothing', gzipSync(''), ''],
    ['a gzip with a name in its header', named, 'named'],
    ['a gzip in two members', Buffer.concat([gzipSync('one '), gzipSync('two')]), 'one two'],
    ['a gzip with NULs behind it', Buffer.concat([gzipSync('content'), Buffer.alloc(9)]), 'content'],
    ['a gzip in a gzip, which stays one', gzipSync(gzipSync('content')), gzipSync('content').toString('latin1')],
    ['a gzip whose end is missing', gzipSync('content').subarray(0, -1), null],
    ['a gzip whose sum is wrong', damage(gzipSync('content'), -8), null],
    ['a gzip whose length is wrong', damage(gzipSync('content'), -1), null],
    ['a gzip that is broken inside', damage(gzipSync(makeBytes(1000)), 500), null],
  ])('hashes %s the same however it is cut, and knows what is inside', async (_name, content, inside) => {
    const within = inside === null ? null : Buffer.from(inside, 'latin1');
    const expected = {
      ...hashesOf(content),
      inside: within && hashesOf(within),
      head: Buffer.from(within ?? content),
    };
    const offsets = fc.array(fc.nat(content.length), { maxLength: 12 }).map((ends) => ends.sort((a, b) => a - b));
    await fc.assert(
      fc.asyncProperty(offsets, async (ends) => {
        expect(await hashInPieces(content, ends)).toEqual(expected);
      }),
      { numRuns: 40, examples: [[[]], [[0, 1, 1, 2, 3]]] },
    );
  });

  const twoMib = gzipSync(Buffer.alloc(2 * MIB));
  it.each<[string, Buffer, InsideCaps, number | null, number | null]>([
    ['as many bytes as the cap', twoMib, { ...CAPS, maxInsideBytes: 2 * MIB }, null, 2 * MIB],
    ['a byte more than the cap', twoMib, { ...CAPS, maxInsideBytes: 2 * MIB - 1 }, null, null],
    ['as much as the ratio allows', twoMib, { ...CAPS, maxInsideRatio: (2 * MIB) / twoMib.length }, null, 2 * MIB],
    ['more than the ratio allows', twoMib, { ...CAPS, maxInsideRatio: 100 }, null, null],
    ['more than the announced length allows', twoMib, { ...CAPS, maxInsideRatio: 100 }, twoMib.length, null],
    ['as much as the announced length allows', twoMib, CAPS, twoMib.length, 2 * MIB],
  ])('looks into a gzip under its caps: %s', async (_name, content, caps, announced, insideBytes) => {
    const hashed = await hashInPieces(content, [10, 1000], caps, announced);
    expect(hashed).toMatchObject(hashesOf(content));
    expect(hashed.inside?.bytes ?? null).toBe(insideBytes);
  });

  it.each<[string, Buffer, Buffer | null]>([
    ['4 MiB', makeBytes(4 * MIB), makeBytes(4 * MIB)],
    ['a byte more', makeBytes(4 * MIB + 1), null],
    ['a gzip of 4 MiB', gzipSync(makeBytes(4 * MIB)), makeBytes(4 * MIB)],
    ['a gzip of a byte more', gzipSync(makeBytes(4 * MIB + 1)), null],
    ['a small gzip of 8 MiB', gzipSync(Buffer.alloc(8 * MIB)), null],
    ['a large gzip of little', Buffer.concat(Array(250_000).fill(gzipSync(''))), Buffer.alloc(0)],
  ])('hands back the content, out of its gzip, up to 4 MiB: %s', async (_name, content, head) => {
    const hashed = await hashInPieces(content, [1, 70_000]);
    expect(hashed.head && hashesOf(Buffer.from(hashed.head))).toEqual(head && hashesOf(head));
    if (content[0] === 0x1f) expect(hashed.inside).toEqual(hashesOf(gunzipSync(content)));
  });
});

function damage(gzip: Buffer, at: number): Buffer {
  const damaged = Buffer.from(gzip);
  const index = at < 0 ? gzip.length + at : at;
  damaged[index] = (damaged[index] ?? 0) ^ 0x55;
  return damaged;
}
