import { createHash } from 'node:crypto';
import { startInside, type Inside } from './hash-inside.ts';

/** How far a gzip is looked into: no further than so many bytes, and so many times its own length. */
export interface InsideCaps {
  readonly maxInsideBytes: number;
  readonly maxInsideRatio: number;
}

/** Length and hashes of some bytes and of the gzip they may be; `head` is all of them when they are at most 4 MiB. */
export interface ContentHashes {
  readonly bytes: number;
  readonly sha256: string;
  readonly sha1: string;
  readonly md5: string;
  readonly inside: Inside | null;
  readonly head: Uint8Array | null;
}

/** Hashes bytes that come in pieces, in their order; a piece must not change afterwards. */
export interface ContentHasher {
  readonly take: (piece: Uint8Array) => Promise<void>;
  readonly finish: () => Promise<ContentHashes>;
  readonly drop: () => void;
}

/** The longest content whose bytes are handed back whole. */
const MAX_HEAD_BYTES = 4 * 1024 * 1024;

/** Starts to hash content of `announcedBytes`, or of a length not known yet (null). */
export function startHashing(caps: InsideCaps, announcedBytes: number | null): ContentHasher {
  const hashes = { sha256: createHash('sha256'), sha1: createHash('sha1'), md5: createHash('md5') };
  const byRatio = announcedBytes === null ? caps.maxInsideBytes : announcedBytes * caps.maxInsideRatio;
  const inside = startInside(Math.min(caps.maxInsideBytes, byRatio));
  let bytes = 0;
  let head: Buffer | null = Buffer.alloc(0);

  const take = async (piece: Uint8Array): Promise<void> => {
    for (const hash of Object.values(hashes)) hash.update(piece);
    head = head === null ? null : extend(head, bytes, piece);
    bytes += piece.length;
    await inside.take(piece);
  };

  const finish = async (): Promise<ContentHashes> => {
    const found = await inside.finish();
    return {
      bytes,
      sha256: hashes.sha256.digest('hex'),
      sha1: hashes.sha1.digest('hex'),
      md5: hashes.md5.digest('hex'),
      inside: found !== null && found.bytes > bytes * caps.maxInsideRatio ? null : found,
      head: head?.subarray(0, bytes) ?? null,
    };
  };

  return { take, finish, drop: inside.drop };
}

/** The buffer with the piece at `length`, doubled when it is too small; null over MAX_HEAD_BYTES. */
function extend(head: Buffer, length: number, piece: Uint8Array): Buffer | null {
  const needed = length + piece.length;
  if (needed > MAX_HEAD_BYTES) return null;
  let room = head;
  if (needed > head.length) {
    room = Buffer.alloc(Math.max(needed, Math.min(head.length * 2, MAX_HEAD_BYTES)));
    room.set(head.subarray(0, length));
  }
  room.set(piece, length);
  return room;
}
