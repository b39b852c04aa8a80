import { chainFacts, type CustodyFact, stampFacts } from '../domain/custody.ts';
import type { Ports } from './ports.ts';

/** What became of a fact that came after a seal: its number in the custody log, or that there is no sealed package. */
export type NotedLater = { readonly noted: 'noted'; readonly number: number } | { readonly noted: 'no sealed package' };

const MAX_CONFLICTS = 20;
/** How many entries are written as blobs again, in case another instance was cut short between its row and its blob. */
const WRITTEN_AGAIN = 3;

/**
 * Adds a fact to the custody log of a sealed package: first to the chain in the table, then as a blob of its own. The
 * package itself and the collection's state never change.
 */
export async function noteLater(ports: Ports, collectionId: string, fact: CustodyFact): Promise<NotedLater> {
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
    const loaded = await ports.collections.load(collectionId);
    const sealed = loaded !== null && 'sealed' in loaded.collection ? loaded.collection.sealed : null;
    if (loaded === null || sealed === null) return { noted: 'no sealed package' };
    const { collection, readAt } = loaded;
    const at = ports.now().toISOString();
    const { lines, head } = chainFacts(collection.custody, stampFacts([fact], readAt), at, ports.sha256);
    if ((await ports.collections.save(loaded, { ...collection, custody: head }, lines)) !== 'saved') continue;
    const all = await ports.collections.readCustody(collectionId);
    const first = Math.max(sealed.custodyNumber, head.count - 1 - WRITTEN_AGAIN);
    for (const [index, line] of all.slice(first, head.count).entries())
      await ports.evidence.putCustodyLine(collectionId, { number: first + index + 1, line });
    return { noted: 'noted', number: head.count };
  }
  throw new Error(
    `The custody log of collection ${collectionId} was changed by others ${MAX_CONFLICTS} times in a row; try again.`,
  );
}
