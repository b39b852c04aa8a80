import { type Collection, stageOf } from '../domain/collection.ts';
import { applyEvent } from './apply-event.ts';
import type { Ports } from './ports.ts';

/** What became of calling a collection off. */
export type CallingOff =
  | { readonly outcome: 'called off' | 'already ended' | 'too late'; readonly collection: Collection }
  | { readonly outcome: 'no such collection' };

/** Calls a collection off: nothing more is started, what runs of ours is cancelled and seen to end, what was collected is sealed. */
export async function cancelCollection(
  ports: Ports,
  collectionId: string,
  order: { readonly by: string; readonly reason: string | null },
): Promise<CallingOff> {
  const reason = `Called off by ${order.by}${order.reason === null ? '.' : `: ${order.reason}`}`;
  const applied = await applyEvent(ports, collectionId, { type: 'called off', by: order.by, reason });
  if (applied.applied === 'no such collection') return { outcome: 'no such collection' };
  const { collection } = applied;
  if (collection.calledOff !== null) return { outcome: 'called off', collection };
  return { outcome: stageOf(collection.status) === 'ended' ? 'already ended' : 'too late', collection };
}
