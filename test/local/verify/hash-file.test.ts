import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { hashFile, hashGzip } from '../../../local/verify/hash-file.ts';
import { hashesOf } from '../../shared/domain/package-record-fixture.ts';

const CONTENT = randomBytes(300_000);
const GZIP = gzipSync(CONTENT);

/** Gives bytes in small pieces, and counts how often they were asked for. */
function serve(bytes: Buffer) {
  const served = { times: 0 };
  const pieces = Array.from({ length: Math.ceil(bytes.length / 10_000) }, (_, at) =>
    bytes.subarray(at * 10_000, (at + 1) * 10_000),
  );
  const open = async () => {
    served.times += 1;
    return Readable.from(pieces);
  };
  return { open, served };
}

describe('a file', () => {
  it.each([0, 1, 9_999, 10_000, 300_000])('of %d bytes is hashed whole', async (length) => {
    const bytes = CONTENT.subarray(0, length);
    expect(await hashFile(serve(bytes).open)).toEqual(hashesOf(bytes));
  });

  it('that breaks off is a fault, not a shorter file', async () => {
    const breaking = async () =>
      Readable.from(
        (async function* () {
          yield GZIP.subarray(0, 1_000);
          throw new Error('cut');
        })(),
      );
    await expect(hashFile(breaking)).rejects.toThrow('cut');
    await expect(hashGzip(breaking, CONTENT.length)).rejects.toThrow('cut');
  });
});

describe('a gzip', () => {
  it('is hashed with its content in one pass', async () => {
    const { open, served } = serve(GZIP);
    expect(await hashGzip(open, CONTENT.length)).toEqual({ own: hashesOf(GZIP), content: hashesOf(CONTENT) });
    expect(served.times).toBe(1);
  });

  it('of several members holds them all', async () => {
    const twice = Buffer.concat([GZIP, GZIP]);
    const content = hashesOf(Buffer.concat([CONTENT, CONTENT]));
    expect(await hashGzip(serve(twice).open, 600_000)).toEqual({ own: hashesOf(twice), content });
  });

  it.each([1, 100, 20_000, 1_000_000])(
    'with %d bytes more after its end has its content and its own hashes',
    async (more) => {
      const longer = Buffer.concat([GZIP, Buffer.alloc(more)]);
      expect(await hashGzip(serve(longer).open, CONTENT.length)).toEqual({
        own: hashesOf(longer),
        content: hashesOf(CONTENT),
      });
    },
  );

  it.each<readonly [string, Buffer, number]>([
    ['no gzip', CONTENT, CONTENT.length],
    ['nothing', Buffer.alloc(0), CONTENT.length],
    ['half a gzip', GZIP.subarray(0, GZIP.length / 2), CONTENT.length],
    ['a gzip with a wrong checksum', Buffer.concat([GZIP.subarray(0, -8), Buffer.alloc(8)]), CONTENT.length],
    ['a gzip of more than was told', GZIP, CONTENT.length - 1],
    ['a gzip that unpacks without end', gzipSync(Buffer.alloc(50_000_000)), 1_000],
  ])('that is %s has its own hashes and no content', async (_, bytes, maxBytes) => {
    expect(await hashGzip(serve(bytes).open, maxBytes)).toEqual({ own: hashesOf(bytes), content: null });
  });
});
