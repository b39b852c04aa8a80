import type { Collection, CollectionIn } from './collection.ts';
import type { Effect, EventOf } from './collection-event.ts';
import { goOn } from './end-session.ts';
import { judgeResults, type Result, type ResultKey } from './result.ts';
import { absorb, moveOn, noteFact, type Step } from './step.ts';

type CopyEvent = EventOf<'result stored'> | EventOf<'result missing'> | EventOf<'copy begun'> | EventOf<'copy tried'>;

/** What a copy came to: stored, missing for good, or to be tried again by a new ticket. */
export function settleCopy(collection: Collection, event: CopyEvent, now: string): Step {
  if (collection.status === 'sealing') return takeInLate(collection, event);
  if (collection.status !== 'copying') return absorb(collection);
  const result = findResult(collection.results, event);
  if (result?.status !== 'waiting') return absorb(collection);
  const { session, index } = event;
  const basis = { session, index, command: result.command, subject: result.subject, failure: result.failure };
  switch (event.type) {
    case 'copy begun':
      return { collection: replaceResult(collection, { ...result, since: now }), facts: [], effects: [] };
    case 'copy tried': {
      const tries = result.tries + 1;
      const next = replaceResult(collection, { ...result, since: now, tries });
      const effects: Effect[] = [{ type: 'write ticket', session, index, attempt: tries + 1 }];
      return {
        collection: { ...next, reason: event.reason },
        facts: [noteFact('copy put off', { session, index, tries, reason: event.reason })],
        effects,
      };
    }
    case 'result stored': {
      const onward = goOn(replaceResult(collection, { ...basis, status: 'stored', item: event.item }), now);
      return moveOn(onward, null, [storedFact(event)]);
    }
    case 'result missing': {
      const failure = result.failure ?? event.reason;
      const onward = goOn(replaceResult(collection, { ...basis, failure, status: 'missing' }), now);
      return moveOn(onward, collection.reason, [noteFact('result missing', { session, index, reason: event.reason })]);
    }
    default: {
      const unknown: never = event;
      throw new Error(`Unknown event ${JSON.stringify(unknown)}.`);
    }
  }
}

/** A result that had been given up and was stored after all, while the manifest is not yet written: it belongs to the package. */
function takeInLate(collection: CollectionIn<'sealing'>, event: CopyEvent): Step {
  const result = findResult(collection.results, event);
  if (event.type !== 'result stored' || result?.status !== 'missing' || collection.manifest !== null)
    return absorb(collection);
  const { session, index, command, subject, failure } = result;
  const stored: Result = { session, index, command, subject, failure, status: 'stored', item: event.item };
  const results = collection.results.map((candidate) => (candidate === result ? stored : candidate));
  return {
    collection: {
      ...collection,
      results,
      outcome: collection.calledOff === null ? judgeResults(results) : 'cancelled',
    },
    facts: [storedFact(event)],
    effects: [],
  };
}

function storedFact({ session, index, item }: EventOf<'result stored'>) {
  const { path, sha256, bytes } = item;
  return noteFact('result stored', { session, index, path, sha256, bytes });
}

function findResult(results: readonly Result[], key: ResultKey): Result | undefined {
  return results.find((result) => result.session === key.session && result.index === key.index);
}

function replaceResult(collection: CollectionIn<'copying'>, changed: Result): CollectionIn<'copying'> {
  const results = collection.results.map((result) =>
    result.session === changed.session && result.index === changed.index ? changed : result,
  );
  return { ...collection, results };
}
