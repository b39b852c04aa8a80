import type { Collection, CollectionIn } from './collection.ts';
import type { Effect } from './collection-event.ts';
import type { CustodyFact } from './custody.ts';
import type { Onward } from './end-session.ts';

/** What an event makes of a collection: the collection after it, what the custody log says of it, and what is to be done. */
export interface Step {
  readonly collection: Collection;
  readonly facts: readonly CustodyFact[];
  readonly effects: readonly Effect[];
}

/** The step of an event that does not fit: the same collection, no facts, no effects. */
export function absorb(collection: Collection): Step {
  return { collection, facts: [], effects: [] };
}

/** A fact of the collector's own doing. */
export function noteFact(event: string, detail: CustodyFact['detail']): CustodyFact {
  return { event, actor: 'collector', detail };
}

/** The step to where a settled session or copy leads. */
export function moveOn(
  onward: Onward,
  reason: string | null,
  facts: readonly CustodyFact[],
  effects: readonly Effect[] = [],
): Step {
  const { collection } = onward;
  // What puts the sealing off takes the place of the reason, and not of why it is being sealed.
  const next: Collection =
    collection.status === 'sealing' ? { ...collection, reason, why: reason } : { ...collection, reason };
  return { collection: next, facts, effects: [...effects, ...onward.effects] };
}

/** The effect that gives lane, place and lease of a session back. */
export function giveUpTurn(collection: Pick<CollectionIn<'running'>, 'machineId' | 'progress'>): Effect {
  return { type: 'give up the turn', machineId: collection.machineId, ...collection.progress };
}
