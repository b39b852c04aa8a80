import type { Collection } from '../domain/collection.ts';
import { chainFacts, type CustodyFact, stampFacts } from '../domain/custody.ts';
import { exportCustody } from './export-custody.ts';
import type { Ports } from './ports.ts';

/** What became of a fact: the entry it is in the custody log, with the collection after it, or that there is no such collection. */
export type Appended =
  | { readonly appended: 'appended'; readonly collection: Collection; readonly number: number }
  | { readonly appended: 'no such collection' };

const MAX_CONFLICTS = 20;
/** So many of the last entries are made sure of outside of the table; those before were when they came. */
const EXPORTED = 20;

/**
 * Adds an entry to the custody log of a collection that it changes in nothing else; after the seal it is a blob of its own
 * as well. Where that blob was cut short, the next entry makes it good.
 */
export async function appendCustody(
  ports: Pick<Ports, 'now' | 'sha256' | 'collections' | 'evidence'>,
  collectionId: string,
  fact: CustodyFact,
): Promise<Appended> {
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
    const loaded = await ports.collections.load(collectionId);
    if (loaded === null) return { appended: 'no such collection' };
    const { collection, readAt } = loaded;
    const at = ports.now().toISOString();
    const { lines, head } = chainFacts(collection.custody, stampFacts([fact], readAt), at, ports.sha256);
    const next: Collection = { ...collection, custody: head };
    if ((await ports.collections.save(loaded, next, lines)) !== 'saved') continue;
    await exportCustody(ports, next, EXPORTED);
    return { appended: 'appended', collection: next, number: head.count };
  }
  throw new Error(
    `The custody log of collection ${collectionId} was changed by others ${MAX_CONFLICTS} times in a row; try again.`,
  );
}
