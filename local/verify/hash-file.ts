import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** Length and hashes of some bytes, hex. */
export interface Hashes {
  readonly bytes: number;
  readonly sha256: string;
  readonly sha1: string;
  readonly md5: string;
}

/** Gives a file's bytes from its beginning. */
export type Open = () => Promise<Readable>;

const PIECE_BYTES = 256 * 1024;

/** Hashes a file as a stream. */
export async function hashFile(open: Open): Promise<Hashes> {
  const own = startHashing(Number.POSITIVE_INFINITY);
  await pipeline(await open(), own.take);
  return own.end();
}

/** Hashes a file and, in the same pass, what it holds as a gzip, up to a length: null when that is longer, or it is no gzip. */
export async function hashGzip(
  open: Open,
  maxBytes: number,
): Promise<{ readonly own: Hashes; readonly content: Hashes | null }> {
  const own = startHashing(Number.POSITIVE_INFINITY);
  const content = startHashing(maxBytes);
  let isWhole = false;
  const takeContent = async (source: AsyncIterable<Uint8Array>): Promise<void> => {
    await content.take(source);
    isWhole = true;
  };
  try {
    await pipeline(await open(), own.pass, createGunzip({ chunkSize: PIECE_BYTES }), takeContent);
  } catch (fault) {
    if (!isWhole && !(fault instanceof TooLongError || isZlibFault(fault))) throw fault;
    // The pass ended where the gzip was wrong, or where it ended before the file: the file's own hashes take another.
    return { own: await hashFile(open), content: isWhole ? content.end() : null };
  }
  return { own: own.end(), content: content.end() };
}

class TooLongError extends Error {}

function startHashing(maxBytes: number) {
  const hashes = { sha256: createHash('sha256'), sha1: createHash('sha1'), md5: createHash('md5') };
  let bytes = 0;
  const add = (piece: Uint8Array): void => {
    bytes += piece.length;
    if (bytes > maxBytes) throw new TooLongError(`The content is longer than ${maxBytes} bytes.`);
    for (const hash of Object.values(hashes)) hash.update(piece);
  };
  return {
    /** Takes all of a stream. */
    take: async (source: AsyncIterable<Uint8Array>): Promise<void> => {
      for await (const piece of source) add(piece);
    },
    /** Takes all of a stream and hands it on. */
    pass: async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const piece of source) {
        add(piece);
        yield piece;
      }
    },
    end: (): Hashes => ({
      bytes,
      sha256: hashes.sha256.digest('hex'),
      sha1: hashes.sha1.digest('hex'),
      md5: hashes.md5.digest('hex'),
    }),
  };
}

function isZlibFault(fault: unknown): boolean {
  return fault instanceof Error && 'code' in fault && typeof fault.code === 'string' && fault.code.startsWith('Z_');
}
