import type { ContainerClient } from '@azure/storage-blob';
import { type ContentHashes, type InsideCaps, startHashing } from './hash-content.ts';
import { openStream } from './read-evidence.ts';

/** What a stored blob hashes to, the SHA-256 that was noted beside it (null when none was), and when the service wrote it (ISO 8601 UTC). */
export type StoredHashes =
  | {
      readonly outcome: 'hashed';
      readonly hashes: ContentHashes;
      readonly notedSha256: string | null;
      readonly storedAt: string;
    }
  | { readonly outcome: 'not found' };

/** Reads a blob as a stream and hashes it. Throws the service's RestError. */
export async function hashStored(
  container: ContainerClient,
  path: string,
  caps: InsideCaps,
  signal?: AbortSignal,
): Promise<StoredHashes> {
  const opened = await openStream(container, path, signal);
  if (opened.outcome === 'not found') return opened;
  const hasher = startHashing(caps, opened.bytes);
  try {
    for await (const piece of opened.stream) {
      if (!(piece instanceof Uint8Array)) throw new TypeError(`Reading ${path} gave something other than bytes.`);
      await hasher.take(piece);
    }
    const hashes = await hasher.finish();
    if (hashes.bytes !== opened.bytes) {
      throw new Error(`Reading ${path} gave ${hashes.bytes} of its ${opened.bytes} bytes.`);
    }
    return { outcome: 'hashed', hashes, notedSha256: opened.metadata['sha256'] ?? null, storedAt: opened.storedAt };
  } finally {
    hasher.drop();
  }
}
