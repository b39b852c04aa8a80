import type { Collection } from '../domain/collection.ts';
import { type CollectionQuery, isAskedFor } from '../domain/collection-query.ts';
import { inOrder } from './in-order.ts';

const AT_ONCE = 16;
/** So many candidates are looked at for one page, for each collection that it may have; the rest is the next page's. */
const LOOKS = 5;

/** A collection that may be asked for, and when a row says that it was received. */
interface Candidate {
  readonly id: string;
  readonly receivedAt: string;
}

/** Where collections are found and read. */
export interface FindingPorts {
  readonly listCandidates: (
    query: CollectionQuery,
    limit: number,
    from: string | null,
  ) => Promise<{ readonly candidates: readonly Candidate[]; readonly next: string | null }>;
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
    const { candidates, next } = await listCandidates(query, page.limit - collections.length, from);
    const loaded = new Map<Candidate, Collection>();
    await inOrder(AT_ONCE, candidates, async (candidate) => {
      const found = await load(candidate.id);
      if (found === null || !isItsOwn(candidate, found.collection)) return;
      if (isAskedFor(query, found.collection)) loaded.set(candidate, found.collection);
    });
    collections.push(...candidates.flatMap((candidate) => loaded.get(candidate) ?? []));
    if (next === null || collections.length === page.limit) return { collections, next };
    from = next;
  }
  return { collections, next: from };
}

/** A row of another time is that of a claim which came second: the collection has one of its own. */
function isItsOwn({ receivedAt }: Candidate, collection: Collection): boolean {
  return Date.parse(receivedAt) === Date.parse(collection.receivedAt);
}
