import { chainFacts, type CustodyFact } from '../domain/custody.ts';
import { stageOf } from '../domain/collection.ts';
import { exportCustody } from './export-custody.ts';
import type { Ports } from './ports.ts';

const MAX_CONFLICTS = 20;

/**
 * Adds an entry to the custody log of a collection that has ended, in the table and then as a blob of its own; answers
 * its number. The collection stays what it is but for the head of its log. Where the blob was cut short, the next entry makes it good.
 */
export async function appendAfterSeal(
  ports: Pick<Ports, 'now' | 'sha256' | 'collections' | 'evidence'>,
  collectionId: string,
  fact: CustodyFact,
): Promise<number> {
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
    const loaded = await ports.collections.load(collectionId);
    if (loaded === null || stageOf(loaded.collection.status) === 'open')
      throw new Error(`Collection ${collectionId} has not ended; its custody log goes on by itself.`);
    const { collection } = loaded;
    const { lines, head } = chainFacts(collection.custody, [fact], ports.now().toISOString(), ports.sha256);
    const next = { ...collection, custody: head };
    if ((await ports.collections.save(loaded, next, lines)) === 'changed meanwhile') continue;
    await exportCustody(ports, next);
    return head.count;
  }
  throw new Error(
    `The custody log of ${collectionId} was written by others ${MAX_CONFLICTS} times in a row; it is tried again later.`,
  );
}
