import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** Length and hashes of some bytes, hex. */
export interface Hashes {
  readonly bytes: number;
  readonly sha256: string;
  readonly sha1: string;
  readonly md5: string;
}

/** Hashes a file as a stream. */
export async function hashFile(file: string): Promise<Hashes> {
  const hashing = startHashing(Number.POSITIVE_INFINITY);
  await pipeline(createReadStream(file), hashing.take);
  return hashing.end();
}

/** Hashes the content of a gzip as a stream, up to a length: null when it is longer than that, or no gzip. */
export async function hashContent(file: string, maxBytes: number): Promise<Hashes | null> {
  const hashing = startHashing(maxBytes);
  try {
    await pipeline(createReadStream(file), createGunzip(), hashing.take);
  } catch (fault) {
    if (fault instanceof TooLongError || isZlibFault(fault)) return null;
    throw fault;
  }
  return hashing.end();
}

class TooLongError extends Error {}

function startHashing(maxBytes: number) {
  const hashes = { sha256: createHash('sha256'), sha1: createHash('sha1'), md5: createHash('md5') };
  let bytes = 0;
  return {
    take: async (source: AsyncIterable<Uint8Array>): Promise<void> => {
      for await (const chunk of source) {
        bytes += chunk.length;
        if (bytes > maxBytes) throw new TooLongError(`The content is longer than ${maxBytes} bytes.`);
        for (const hash of Object.values(hashes)) hash.update(chunk);
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
