import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, crc32, createDeflateRaw } from 'node:zlib';

/** What a gzip header says of its file: the name (FNAME) or null for none, the time in ms, and where it was packed. */
export type GzipName = { fileName: string | null; modifiedMs: number; packedOn: 'unix' | 'windows' };

/** Makes the header of a single-member gzip (RFC 1952); a NUL would end the name, so it is dropped. */
export function gzipHeader(name: GzipName): Buffer {
  const flags = name.fileName === null ? 0 : 8;
  const fixed = Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, name.packedOn === 'unix' ? 3 : 11]);
  fixed.writeUInt32LE(Math.floor(name.modifiedMs / 1000) >>> 0, 4);
  if (name.fileName === null) return fixed;
  return Buffer.concat([fixed, Buffer.from(name.fileName.replaceAll('\0', ''), 'utf8'), Buffer.alloc(1)]);
}

/** Makes the trailer: CRC-32 and the length modulo 2^32. */
export function gzipTrailer(sum: number, lengthBytes: number): Buffer {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(sum >>> 0, 0);
  trailer.writeUInt32LE(lengthBytes % 2 ** 32, 4);
  return trailer;
}

/** Streams a source into a gzip file whose header is ours, which node's own gzip cannot write; an aborted signal throws. */
export async function writeGzip(source: Readable, name: GzipName, target: string, signal: AbortSignal): Promise<void> {
  let sum = 0;
  let lengthBytes = 0;
  await pipeline(
    source,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        sum = crc32(chunk, sum);
        lengthBytes += chunk.length;
        yield chunk;
      }
    },
    createDeflateRaw({ level: constants.Z_BEST_SPEED }),
    async function* (chunks: AsyncIterable<Buffer>) {
      yield gzipHeader(name);
      yield* chunks;
      yield gzipTrailer(sum, lengthBytes);
    },
    createWriteStream(target),
    { signal },
  );
}
