import { stageOf } from '../domain/collection.ts';
import type { Ports } from './ports.ts';

/** Whether a machine's lane is ours, or whose it is. */
export type Lane = { readonly lane: 'ours' } | { readonly lane: 'held'; readonly by: string };

/** Takes a machine's lane for a collection; one whose holder has ended, or was never stored, is free. */
export async function takeLane(ports: Ports, machineId: string, collectionId: string): Promise<Lane> {
  const holder = await ports.lanes.take(machineId, collectionId);
  if (holder === collectionId) return { lane: 'ours' };
  const held = await ports.collections.load(holder);
  if (held !== null && stageOf(held.collection.status) === 'open') return { lane: 'held', by: holder };
  await ports.lanes.leave(machineId, holder);
  const next = await ports.lanes.take(machineId, collectionId);
  return next === collectionId ? { lane: 'ours' } : { lane: 'held', by: next };
}
