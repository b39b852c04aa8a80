import { basisOf, type Collection, type CollectionIn } from './collection.ts';
import type { EventOf } from './collection-event.ts';
import type { CustodyFact } from './custody.ts';
import { giveUpResults } from './end-session.ts';
import { absorb, giveUpTurn, moveOn, type Step } from './step.ts';

/**
 * A collection that somebody ends before its time: what runs is cancelled and seen to end, what was collected is sealed,
 * nothing more is started. One that is being sealed is too far; one that has nothing yet ends at once.
 */
export function callOff(collection: Collection, event: EventOf<'called off'>, now: string): Step {
  if (collection.calledOff !== null) return absorb(collection);
  const { by, reason } = event;
  const calledOff = { at: now, by, reason };
  const facts: readonly CustodyFact[] = [{ event: 'called off', actor: by, detail: { reason } }];
  switch (collection.status) {
    case 'received': {
      const next: Collection = {
        ...basisOf(collection),
        calledOff,
        reason,
        status: 'cancelled',
        endedAt: now,
        sealed: null,
        plan: null,
      };
      return { collection: next, facts, effects: [{ type: 'close' }] };
    }
    case 'planned':
    case 'copying':
      return seal({ ...collection, calledOff }, facts, now);
    case 'starting':
      return { collection: { ...collection, calledOff, reason }, facts, effects: [] };
    case 'running':
      return {
        collection: { ...collection, calledOff, reason, cancel: { why: 'called off', askedAt: now, until: null } },
        facts,
        effects: [{ type: 'cancel action', actionId: collection.actionId, reason }],
      };
    case 'sealing':
    case 'collected':
    case 'partial':
    case 'failed':
    case 'cancelled':
    case 'skipped':
    case 'merged':
      return absorb(collection);
    default: {
      const unknown: never = collection;
      throw new Error(`Unknown collection ${JSON.stringify(unknown)}.`);
    }
  }
}

function seal(collection: CollectionIn<'planned' | 'copying'>, facts: readonly CustodyFact[], now: string): Step {
  const reason = collection.calledOff?.reason ?? null;
  const onward = giveUpResults(collection, 'all', reason ?? 'It was called off.', now);
  const { machineId, progress } = collection;
  const turn = giveUpTurn({ machineId, progress });
  return moveOn(onward, reason, facts, [turn]);
}
