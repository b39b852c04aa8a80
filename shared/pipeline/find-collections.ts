import type { Collection } from '../domain/collection.ts';
import { type CollectionQuery, isAskedFor } from '../domain/collection-query.ts';
import { inOrder } from './in-order.ts';

const AT_ONCE = 16;
/** So many candidates are looked at for one page, for each collection that it may have; the rest is the next page's. */
const LOOKS = 5;

/** Where collections are found and read. */
export interface FindingPorts {
  readonly listCandidates: (
    query: CollectionQuery,
    limit: number,
    from: string | null,
  ) => Promise<{ readonly ids: readonly string[]; readonly next: string | null }>;
  readonly load: (id: string) => Promise<{ readonly collection: Collection } | null>;
}

/** A page of the collections that are asked for, the newest first; it may be short or empty and yet have a next. */
export async function findCollections(
  { listCandidates, load }: FindingPorts,
  query: CollectionQuery,
  page: { readonly limit: number; readonly from: string | null },
): Promise<{ readonly collections: readonly Collection[]; readonly next: string | null }> {
  const collections: Collection[] = [];
  let { from } = page;
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const { ids, next } = await listCandidates(query, page.limit - collections.length, from);
    const loaded = new Map<string, Collection>();
    await inOrder(AT_ONCE, ids, async (id) => {
      const found = await load(id);
      if (found !== null && isAskedFor(query, found.collection)) loaded.set(id, found.collection);
    });
    collections.push(...ids.flatMap((id) => loaded.get(id) ?? []));
    if (next === null || collections.length === page.limit) return { collections, next };
    from = next;
  }
  return { collections, next: from };
}
