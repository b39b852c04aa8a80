import { createHash } from 'node:crypto';

/** Length and hashes (hexadecimal) of some bytes; `head` is all of them when they are at most 4 MiB, else null. */
export interface HashedBytes {
  readonly bytes: number;
  readonly sha256: string;
  readonly sha1: string;
  readonly md5: string;
  readonly head: Uint8Array | null;
}

/** Hashes bytes that come in pieces, in their order. */
export interface ByteHasher {
  readonly take: (piece: Uint8Array) => void;
  readonly finish: () => HashedBytes;
}

/** The longest content whose bytes are handed back whole. */
const MAX_HEAD_BYTES = 4 * 1024 * 1024;

/** Starts to count and hash bytes, and keeps them while they are few. */
export function startByteHasher(): ByteHasher {
  const hashes = { sha256: createHash('sha256'), sha1: createHash('sha1'), md5: createHash('md5') };
  let bytes = 0;
  let head: Buffer | null = Buffer.alloc(0);

  const take = (piece: Uint8Array): void => {
    for (const hash of Object.values(hashes)) hash.update(piece);
    head = head === null ? null : extend(head, bytes, piece);
    bytes += piece.length;
  };

  const finish = (): HashedBytes => ({
    bytes,
    sha256: hashes.sha256.digest('hex'),
    sha1: hashes.sha1.digest('hex'),
    md5: hashes.md5.digest('hex'),
    head: head?.subarray(0, bytes) ?? null,
  });

  return { take, finish };
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
