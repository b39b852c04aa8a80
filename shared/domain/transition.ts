import { type Collection, type CollectionIn, type Progress, stageOf } from './collection.ts';
import type { CollectionEvent, EventOf } from './collection-event.ts';
import { adopt, notePretender } from './adopt-action.ts';
import { callOff } from './call-off.ts';
import { passDeadline } from './deadline.ts';
import { proveRun } from './prove-run.ts';
import { intend, loseAction, loseStart, noteUpload, refuse, returnToPlan, see, start } from './run-session.ts';
import { endSealed, noteManifest } from './seal-collection.ts';
import { settleCopy } from './settle-copy.ts';
import { cancelAgain, hearOfMachine, standDown } from './stand-down.ts';
import { absorb, noteFact, type Step } from './step.ts';
import { mergeInto, planCollection, skip, uniteFiles } from './take-up.ts';

/**
 * THE state machine. An event that does not fit a collection's status leaves it as it is: no facts, no effects, the
 * same object; so events may come twice, late and out of order, and ended collections absorb every one of them.
 *
 *   received -> planned -> starting -> running -> copying -> sealing -> collected | partial | failed | cancelled
 *       |          ^ not started, stood  |           |
 *       |          | down, adopted late  |           |
 *       +-> skipped | merged     ^-- sessions left --+     any open status -> sealing, failed or cancelled
 *                                                          at its deadline or when it is called off
 */
export function transition(collection: Collection, event: CollectionEvent, now: string): Step {
  if (stageOf(collection.status) === 'ended') return absorb(collection);
  switch (event.type) {
    case 'looked up':
      return collection.status === 'received' ? planCollection(collection, event, now) : absorb(collection);
    case 'nothing to collect':
      return collection.status === 'received' ? skip(collection, event, now) : absorb(collection);
    case 'merged':
      return collection.status === 'received' ? mergeInto(collection, event, now) : absorb(collection);
    case 'files united':
      return collection.status === 'planned' ? uniteFiles(collection, event) : absorb(collection);
    case 'put off':
      return collection.status === event.while ? putOff(collection, event) : absorb(collection);
    case 'waits':
      return collection.status === event.while ? wait(collection, event.reason) : absorb(collection);
    case 'script uploaded':
      return collection.status === 'planned' ? noteUpload(collection, event) : absorb(collection);
    case 'starting':
      return collection.status === 'planned' ? intend(collection, event, now) : absorb(collection);
    case 'scripts checked':
      return proveRun(collection, event);
    case 'not started':
      return isStarting(collection, event) ? returnToPlan(collection, event, now) : absorb(collection);
    case 'start lost':
      return isStarting(collection, event) ? loseStart(collection, event.reason, now) : absorb(collection);
    case 'refused':
      return isStarting(collection, event) ? refuse(collection, event.reason, now) : absorb(collection);
    case 'started':
      return collection.status === 'starting' ? start(collection, event, now) : absorb(collection);
    case 'action seen':
      return collection.status === 'running' ? see(collection, event, now) : absorb(collection);
    case 'action gone':
      return collection.status === 'running' ? loseAction(collection, event.reason, now) : absorb(collection);
    case 'adopted':
      return collection.status === 'planned' ? adopt(collection, event, now) : absorb(collection);
    case 'pretender seen':
      return notePretender(collection, event);
    case 'called off':
      return (event.while ?? collection.status) === collection.status
        ? callOff(collection, event, now)
        : absorb(collection);
    case 'stand down':
      return collection.status === 'running' ? standDown(collection, event, now) : absorb(collection);
    case 'cancel again':
      return collection.status === 'running' ? cancelAgain(collection, now) : absorb(collection);
    case 'machine reported':
      return collection.status === 'planned' ? hearOfMachine(collection, now) : absorb(collection);
    case 'result stored':
    case 'result missing':
    case 'copy begun':
    case 'copy tried':
      return settleCopy(collection, event, now);
    case 'manifest written':
      return collection.status === 'sealing' ? noteManifest(collection, event.sha256) : absorb(collection);
    case 'sealed':
      return collection.status === 'sealing' ? endSealed(collection, event.tagmanifestSha256, now) : absorb(collection);
    case 'deadline passed':
      return now < collection.deadline ? absorb(collection) : passDeadline(collection, now);
    default: {
      const unknown: never = event;
      throw new Error(`Unknown event ${JSON.stringify(unknown)}.`);
    }
  }
}

/** Whether a collection is at the very attempt that an event is about. */
function isStarting(collection: Collection, { session, attempt }: Progress): collection is CollectionIn<'starting'> {
  return (
    collection.status === 'starting' &&
    collection.progress.session === session &&
    collection.progress.attempt === attempt
  );
}

/** How many entries a custody log has before it stops telling why it waits; its acts it always tells. */
const MAX_ENTRIES_OF_WAITING = 200;

/** It could go on but for a quota or its turn: that is no try in vain, and it may go on at any time. */
function wait(collection: Collection, reason: string): Step {
  if (collection.reason === reason) return absorb(collection);
  const isTold = collection.custody.count < MAX_ENTRIES_OF_WAITING;
  return { collection: { ...collection, reason }, facts: isTold ? [noteFact('waits', { reason })] : [], effects: [] };
}

function putOff(collection: Collection, event: EventOf<'put off'>): Step {
  const { notBefore, reason } = event;
  const next: Collection = { ...collection, notBefore, reason, tries: collection.tries + 1 };
  const isNews = reason !== collection.reason && collection.custody.count < MAX_ENTRIES_OF_WAITING;
  return { collection: next, facts: isNews ? [noteFact('put off', { reason, notBefore })] : [], effects: [] };
}
