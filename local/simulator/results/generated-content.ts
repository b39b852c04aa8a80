import { createCipheriv, createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type GzipName, gzipHeader, gzipTrailer } from './gzip.ts';
import type { ResultContent } from './result.ts';

const blockBytes = 64 * 1024;
const storedBytes = blockBytes / 2;
const storedHeaderBytes = 5;
const emptyBlock = Buffer.alloc(blockBytes);

/** Pseudo-random bytes of any length, each block of 64 KiB derived from the seed and its number alone, so that any range is cheap. */
export function generatedContent(bytes: number, seed: string): ResultContent {
  const key = createHash('sha256').update(seed).digest();
  return {
    lengthBytes: bytes,
    read: (start, end) => readPieces(start, Math.min(end, bytes), (offset) => blockAt(key, bytes, offset)),
  };
}

/**
 * The same bytes as a gzip member of stored deflate blocks, whose layout is known beforehand: a range costs only its
 * own blocks, and the trailer one pass over the content, once.
 */
export function generatedGzip(bytes: number, seed: string, name: GzipName): ResultContent {
  const key = createHash('sha256').update(seed).digest();
  const header = gzipHeader(name);
  const packedBlockBytes = blockBytes + 2 * storedHeaderBytes;
  const fullBlocks = Math.floor(bytes / blockBytes);
  const bodyBytes = fullBlocks * packedBlockBytes + packedLength(bytes % blockBytes);
  const lastBlock = Buffer.from([1, 0, 0, 0xff, 0xff]);
  let trailer: Promise<Buffer> | undefined;

  const pieceAt = async (offset: number): Promise<{ start: number; piece: Buffer }> => {
    if (offset < header.length) return { start: 0, piece: header };
    const inBody = offset - header.length;
    if (inBody < bodyBytes) {
      const number = Math.floor(inBody / packedBlockBytes);
      const plain = blockAt(key, bytes, number * blockBytes).piece;
      return { start: header.length + number * packedBlockBytes, piece: pack(plain) };
    }
    trailer ??= sumBlocks(key, bytes).then((sum) => gzipTrailer(sum, bytes));
    return { start: header.length + bodyBytes, piece: Buffer.concat([lastBlock, await trailer]) };
  };
  const lengthBytes = header.length + bodyBytes + lastBlock.length + 8;
  return { lengthBytes, read: (start, end) => readPieces(start, Math.min(end, lengthBytes), pieceAt) };
}

type Piece = { start: number; piece: Buffer };

/** Streams a range from pieces, each found by an offset inside it. */
function readPieces(start: number, end: number, pieceAt: (offset: number) => Piece | Promise<Piece>): Readable {
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let offset = start; offset < end; ) {
      const found = await pieceAt(offset);
      const wanted = found.piece.subarray(offset - found.start, end - found.start);
      offset += wanted.length;
      yield wanted;
    }
  }
  return Readable.from(pieces(), { objectMode: false });
}

function blockAt(key: Buffer, totalBytes: number, offset: number): Piece {
  const number = Math.floor(offset / blockBytes);
  const start = number * blockBytes;
  const counter = Buffer.alloc(16);
  counter.writeBigUInt64BE(BigInt(number));
  const block = createCipheriv('aes-256-ctr', key, counter).update(emptyBlock);
  return { start, piece: block.subarray(0, Math.min(blockBytes, totalBytes - start)) };
}

function pack(plain: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let offset = 0; offset < plain.length; offset += storedBytes) {
    const stored = plain.subarray(offset, offset + storedBytes);
    const header = Buffer.alloc(storedHeaderBytes);
    header.writeUInt16LE(stored.length, 1);
    header.writeUInt16LE(~stored.length & 0xffff, 3);
    parts.push(header, stored);
  }
  return Buffer.concat(parts);
}

function packedLength(plainBytes: number): number {
  return plainBytes + Math.ceil(plainBytes / storedBytes) * storedHeaderBytes;
}

/** Gives way to other work between chunks, as the sum of a gigabyte takes seconds. */
async function sumBlocks(key: Buffer, totalBytes: number): Promise<number> {
  let sum = 0;
  for (let offset = 0; offset < totalBytes; offset += blockBytes) {
    sum = crc32(blockAt(key, totalBytes, offset).piece, sum);
    if (offset % (16 * blockBytes) === 0) await new Promise(setImmediate);
  }
  return sum;
}
