import type { Collection } from './collection.ts';
import type { CustodyFact } from './custody.ts';
import { giveUpResults } from './end-session.ts';
import { moveOn, noteFact, type Step } from './step.ts';

const GRACE_MS = 30 * 60_000;
/** A package that cannot be sealed is given up an hour after the deadline, or after its first try if that was later. */
const SEAL_GRACE_MS = 60 * 60_000;
const REASON = 'The deadline passed before everything was collected.';

/** Ends what can be ended at a collection's deadline: cancel what runs, wait half an hour for what is under way, then seal. */
export function passDeadline(collection: Collection, now: string): Step {
  const graceIsOver = Date.parse(now) >= Date.parse(collection.deadline) + GRACE_MS;
  switch (collection.status) {
    case 'received': {
      const next: Collection = {
        ...collection,
        status: 'failed',
        endedAt: now,
        sealed: null,
        plan: null,
        reason: lastWords(collection.reason),
      };
      return { collection: next, facts: [deadlineFact('nothing was looked up')], effects: [{ type: 'close' }] };
    }
    case 'planned':
      return giveUp(collection, now, 'nothing more is started');
    case 'starting':
      return graceIsOver
        ? giveUp(collection, now, 'no answer was found for what was started')
        : { collection, facts: [], effects: [] };
    case 'copying':
      return graceIsOver
        ? giveUp(collection, now, 'some results could not be copied')
        : { collection, facts: [], effects: [] };
    case 'running': {
      if (graceIsOver) return giveUp(collection, now, 'the machine action did not end');
      // Whatever it was cancelled for before: at the deadline nothing is tried again.
      if (collection.cancel?.why === 'deadline' || collection.cancel?.why === 'called off')
        return { collection, facts: [], effects: [] };
      return {
        collection: { ...collection, cancel: { why: 'deadline', askedAt: now, until: null }, reason: REASON },
        facts: [deadlineFact('the machine action is cancelled')],
        effects: [{ type: 'cancel action', actionId: collection.actionId, reason: REASON }],
      };
    }
    case 'sealing': {
      const sinceMs = Math.max(Date.parse(collection.deadline), Date.parse(collection.sealedAt));
      if (Date.parse(now) < sinceMs + SEAL_GRACE_MS) return { collection, facts: [], effects: [] };
      const { progress: _, manifest: __, outcome: ___, sealedAt: ____, why: _____, ...rest } = collection;
      const reason = lastWords(collection.reason ?? 'the package could not be sealed.');
      return {
        collection: { ...rest, status: 'failed', endedAt: now, sealed: null, reason },
        facts: [deadlineFact('the package could not be sealed; what is stored stays')],
        effects: [{ type: 'close' }],
      };
    }
    case 'collected':
    case 'partial':
    case 'failed':
    case 'cancelled':
    case 'skipped':
    case 'merged':
      return { collection, facts: [], effects: [] };
    default: {
      const unknown: never = collection;
      throw new Error(`Unknown collection ${JSON.stringify(unknown)}.`);
    }
  }
}

function giveUp(collection: Parameters<typeof giveUpResults>[0], now: string, why: string): Step {
  const onward = giveUpResults(collection, 'all', REASON, now);
  const { session, attempt } = collection.progress;
  const turn = { type: 'give up the turn' as const, machineId: collection.machineId, session, attempt };
  return moveOn(onward, lastWords(collection.reason), [deadlineFact(why)], [turn]);
}

function lastWords(reason: string | null): string {
  return reason === null || reason === REASON ? REASON : `${REASON} Before that: ${reason}`;
}

function deadlineFact(what: string): CustodyFact {
  return noteFact('deadline passed', { what });
}
