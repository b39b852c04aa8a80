import type { Collection } from './collection.ts';

/** The SHA-256 of every result that a collection's package holds, and of what is inside a gzip among them; each once. */
export function listHashes({ results }: Collection): readonly string[] {
  const hashes = results.flatMap((result) => {
    if (result.status !== 'stored') return [];
    const { sha256, inside } = result.item;
    return inside === null ? [sha256] : [sha256, inside.sha256];
  });
  return [...new Set(hashes)];
}
