import type { Collection } from '../domain/collection.ts';
import { describeOpen } from '../domain/open-entry.ts';
import { advance, goAlone } from './advance.ts';
import { dispatchWaiting } from './dispatch-waiting.ts';
import type { Ports } from './ports.ts';

const MAX_STARTS = 3;

/** Takes one collection as far as it goes now, without a poll: its dispatch included, while there is room for it at once. */
export async function goOn(ports: Ports, collectionId: string): Promise<Collection | null> {
  for (let starts = 0; starts < MAX_STARTS; starts += 1) {
    const advanced = await advance(ports, collectionId, goAlone(ports));
    if (advanced?.collection.status !== 'planned') return advanced?.collection ?? null;
    const dispatched = await dispatchWaiting(ports, [describeOpen(advanced.collection)]);
    if (dispatched.length === 0) break;
  }
  return (await ports.collections.load(collectionId))?.collection ?? null;
}
