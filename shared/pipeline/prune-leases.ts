import type { AgedLease } from '../domain/start-quota.ts';
import type { Ports } from './ports.ts';

/** A lease may be a little older than the row it belongs to; after 180 s there must be one. */
const WITHOUT_ROW_MS = 180_000;

/** Gives back the leases whose session is over, which a crash between a save and its effects may leave behind. */
export async function pruneLeases(ports: Ports): Promise<void> {
  for (const lease of await ports.governor.listLeases()) {
    if (lease.ageMs > WITHOUT_ROW_MS && (await stateOf(ports, lease)) === 'over') await ports.governor.giveBack(lease);
  }
}

async function stateOf(ports: Ports, lease: AgedLease): Promise<'in use' | 'over'> {
  const collection = (await ports.collections.load(lease.collectionId))?.collection;
  if (collection?.status !== 'starting' && collection?.status !== 'running') return 'over';
  const { session, attempt } = collection.progress;
  return session === lease.session && attempt === lease.attempt ? 'in use' : 'over';
}
