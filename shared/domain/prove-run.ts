import type { Collection } from './collection.ts';
import type { EventOf } from './collection-event.ts';
import type { CustodyFact } from './custody.ts';
import { settleProofs } from './library-proof.ts';
import { absorb, noteFact, type Step } from './step.ts';

/** What the library, listed after a session's end, says of its scripts; until the manifest is written, as the package tells it. */
export function proveRun(collection: Collection, { session, findings }: EventOf<'scripts checked'>): Step {
  const before = collection.scriptProofs ?? [];
  if (stageOfSession(collection, session) === 'not ended') return absorb(collection);
  if (collection.status === 'sealing' && collection.manifest !== null) return absorb(collection);
  const scriptProofs = settleProofs(before, session, findings);
  const facts = scriptProofs.flatMap((proof, index): readonly CustodyFact[] => {
    if (proof === before[index] || proof.verdict === 'open') return [];
    const reason = proof.reason === null ? {} : { reason: proof.reason };
    return [noteFact(`script ${proof.verdict}`, { session, script: proof.name, ...reason })];
  });
  return facts.length === 0 ? absorb(collection) : { collection: { ...collection, scriptProofs }, facts, effects: [] };
}

/** Whether a session of a collection has come to its end; one that may still be run has not. */
function stageOfSession(collection: Collection, session: number): 'ended' | 'not ended' {
  switch (collection.status) {
    case 'received':
      return 'not ended';
    case 'planned':
    case 'starting':
    case 'running':
      return session < collection.progress.session ? 'ended' : 'not ended';
    case 'copying':
    case 'sealing':
      return session <= collection.progress.session ? 'ended' : 'not ended';
    case 'collected':
    case 'partial':
    case 'failed':
    case 'cancelled':
    case 'skipped':
    case 'merged':
      return 'not ended';
    default: {
      const unknown: never = collection;
      throw new Error(`Unknown collection ${JSON.stringify(unknown)}.`);
    }
  }
}
