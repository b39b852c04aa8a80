import type { OpenEntry } from '../domain/open-entry.ts';
import { type AgedLease, isSameAttempt } from '../domain/start-quota.ts';
import { applyEvent } from './apply-event.ts';
import { loadReadable } from './load-readable.ts';
import type { Ports } from './ports.ts';

/** A lease may be a little older than the row it belongs to; after 180 s there must be one. */
const WITHOUT_ROW_MS = 180_000;

/**
 * Makes good what a crash between a save and its effects may have left: a lease whose session is over is given back, and a
 * running session without a lease, as after an adoption, takes lease and lane.
 */
export async function reconcileLeases(ports: Ports, entries: readonly OpenEntry[]): Promise<void> {
  const leases = await ports.governor.listLeases();
  for (const lease of leases) {
    if (lease.ageMs > WITHOUT_ROW_MS && (await stateOf(ports, lease)) === 'over') await ports.governor.giveBack(lease);
  }
  for (const { id, machineId, action } of entries) {
    if (machineId === null || action === null || leases.some((lease) => isSameAttempt(lease, action.attempt))) continue;
    await ports.governor.takeLease(action.attempt);
    const lane = await ports.lanes.take(machineId, action.attempt, ports.now().toISOString());
    if (lane.lane !== 'yielded') continue;
    const reason = `The machine is left to its responders until ${lane.until}.`;
    await applyEvent(ports, id, { type: 'stand down', why: 'makes way', until: lane.until, reason });
  }
}

async function stateOf(ports: Ports, lease: AgedLease): Promise<'in use' | 'over'> {
  const collection = await loadReadable(ports, lease.collectionId);
  if (collection?.status !== 'starting' && collection?.status !== 'running') return 'over';
  const { session, attempt } = collection.progress;
  return session === lease.session && attempt === lease.attempt ? 'in use' : 'over';
}
