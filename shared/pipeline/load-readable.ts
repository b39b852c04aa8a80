import type { Collection } from '../domain/collection.ts';
import type { Ports } from './ports.ts';

/** A collection whose fate concerns another one: null when there is none, or when its row cannot be read and so nobody goes on with it. */
export async function loadReadable(ports: Ports, collectionId: string): Promise<Collection | null> {
  try {
    return (await ports.collections.load(collectionId))?.collection ?? null;
  } catch (fault) {
    if (ports.explain(fault).code === 'unreadable-row') return null;
    throw fault;
  }
}
