import type { EvidenceItem } from '../domain/result.ts';
import { type HashedBytes, startByteHasher } from './hash-bytes.ts';
import { startInside } from './hash-inside.ts';

/** How far a gzip is looked into: no further than so many bytes, and so many times its own length. */
export interface InsideCaps {
  readonly maxInsideBytes: number;
  readonly maxInsideRatio: number;
}

/** Length and hashes of some bytes and of what is inside the gzip they may be; `head` is the content, out of its gzip, when it is at most 4 MiB, else null. */
export interface ContentHashes extends HashedBytes {
  readonly inside: EvidenceItem['inside'];
}

/** Hashes content that comes in pieces, in their order; a piece must not change afterwards. */
export interface ContentHasher {
  readonly take: (piece: Uint8Array) => Promise<void>;
  readonly finish: () => Promise<ContentHashes>;
  readonly drop: () => void;
}

/** Starts to hash content of `announcedBytes`, or of a length not known yet (null). */
export function startHashing(caps: InsideCaps, announcedBytes: number | null): ContentHasher {
  const outside = startByteHasher();
  const byRatio = announcedBytes === null ? caps.maxInsideBytes : announcedBytes * caps.maxInsideRatio;
  const inside = startInside(Math.min(caps.maxInsideBytes, byRatio));

  const take = async (piece: Uint8Array): Promise<void> => {
    outside.take(piece);
    await inside.take(piece);
  };

  const finish = async (): Promise<ContentHashes> => {
    const found = await inside.finish();
    const hashed = outside.finish();
    if (found === null || found.bytes > hashed.bytes * caps.maxInsideRatio) return { ...hashed, inside: null };
    const { head, ...hashes } = found;
    return { ...hashed, inside: hashes, head };
  };

  return { take, finish, drop: inside.drop };
}
