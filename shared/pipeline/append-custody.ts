import type { Collection } from '../domain/collection.ts';
import { chainFacts, type CustodyFact } from '../domain/custody.ts';
import { exportCustody } from './export-custody.ts';
import type { Ports } from './ports.ts';

const MAX_CONFLICTS = 20;
/** So many of the last entries are made sure of outside of the table; those before were when they came. */
const EXPORTED = 20;

/** Adds an entry to the custody log of a collection that it changes in nothing else; after the seal, it is a blob of its own as well. */
export async function appendCustody(ports: Ports, collectionId: string, fact: CustodyFact): Promise<Collection | null> {
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
    const loaded = await ports.collections.load(collectionId);
    if (loaded === null) return null;
    const { collection } = loaded;
    const { lines, head } = chainFacts(collection.custody, [fact], ports.now().toISOString(), ports.sha256);
    const next: Collection = { ...collection, custody: head };
    if ((await ports.collections.save(loaded, next, lines)) !== 'saved') continue;
    await exportCustody(ports, next, EXPORTED);
    return next;
  }
  throw new Error(`Collection ${collectionId} was changed by others ${MAX_CONFLICTS} times in a row; ask again.`);
}
