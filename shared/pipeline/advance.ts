import { type Collection, type CollectionIn, isOpen, type OpenStatus } from '../domain/collection.ts';
import type { OpenEntry } from '../domain/open-entry.ts';
import { announceStart } from './announce.ts';
import { applyEvent } from './apply-event.ts';
import { backOff, later } from './back-off.ts';
import { findLostAction } from './find-lost-action.ts';
import { lookUp } from './look-up.ts';
import { lookUpMachine } from './look-up-machine.ts';
import type { Ports } from './ports.ts';
import { proveLateRuns } from './prove-runs.ts';
import { runEffects } from './run-effects.ts';
import { seal } from './seal.ts';
import type { Sightings } from './sight-actions.ts';
import { type LibraryView, viewLibrary } from './view-library.ts';
import { watchAction } from './watch-action.ts';

const MAX_STEPS = 8;

/** What the collections of one poll share: what its list call said, and in which status a quota was found used up. */
export interface Round {
  readonly sightings: Sightings;
  readonly usedUp: Set<Collection['status']>;
  /** The open collections as this poll listed them; null where nobody did. */
  readonly open: readonly OpenEntry[] | null;
  /** The library as it was listed after the actions were. */
  readonly library: LibraryView;
}

/** The round of one collection alone, for which no list call was made. */
export function goAlone(ports: Ports): Round {
  return { sightings: { list: 'not answered' }, usedUp: new Set(), open: null, library: viewLibrary(ports) };
}

/** How far a collection came: as it is now, and whether this round changed it. */
export interface Advanced {
  readonly collection: Collection;
  readonly progress: 'moved' | 'as it was';
}

/**
 * Takes one collection as far as it goes now, but for its dispatch: step by step until a step changes nothing or has to
 * wait. A fault puts this collection off with its reason and touches no other.
 */
export async function advance(ports: Ports, collectionId: string, round: Round): Promise<Advanced | null> {
  let first: string | null = null;
  let seen: string | null = null;
  for (let steps = 0; steps < MAX_STEPS; steps += 1) {
    const loaded = await ports.collections.load(collectionId);
    if (loaded === null) return null;
    const { collection, version } = loaded;
    first ??= version;
    const advanced: Advanced = { collection, progress: version === first ? 'as it was' : 'moved' };
    if (version === seen) return advanced;
    if (!isOpen(collection)) {
      // One that ended in an earlier round and is still in the index was not closed; one that ended just now was.
      if (seen === null) await runEffects(ports, collection, [{ type: 'close' }]);
      return advanced;
    }
    seen = version;
    const goesOn = await tryStep(ports, collection, round);
    if (goesOn === 'waits') return advanced;
  }
  return null;
}

async function tryStep(ports: Ports, collection: CollectionIn<OpenStatus>, round: Round): Promise<'goes on' | 'waits'> {
  try {
    return await step(ports, collection, round);
  } catch (fault) {
    const { reason, code, retryAfterMs } = ports.explain(fault);
    ports.log({ event: 'fault', collection: collection.id, status: collection.status, code, tries: collection.tries });
    if (code === 'QuotaUsedUp') {
      // Whoever comes after it in this round would find the same; it goes on as soon as the quota has room.
      round.usedUp.add(collection.status);
      await applyEvent(ports, collection.id, { type: 'waits', while: collection.status, reason });
      return 'waits';
    }
    const waitMs = Math.max(backOff(collection.tries), retryAfterMs ?? 0);
    await applyEvent(ports, collection.id, {
      type: 'put off',
      while: collection.status,
      notBefore: later(ports, waitMs),
      reason,
    });
    return 'waits';
  }
}

async function step(ports: Ports, collection: CollectionIn<OpenStatus>, round: Round): Promise<'goes on' | 'waits'> {
  const now = ports.now().toISOString();
  if (now >= collection.deadline) {
    const passed = await applyEvent(ports, collection.id, { type: 'deadline passed' });
    if (passed.applied === 'moved') return 'goes on';
  }
  const isDue = now >= collection.notBefore;
  if (round.usedUp.has(collection.status)) return 'waits';
  switch (collection.status) {
    case 'received':
      if (!isDue) return 'waits';
      await applyEvent(ports, collection.id, await lookUpSubject(ports, collection, round.open));
      return 'goes on';
    case 'starting':
      if (!isDue || isBeingSent(collection.startingAt, now)) return 'waits';
      await findLostAction(ports, collection);
      return 'goes on';
    case 'running':
      await announceStart(ports, collection);
      await watchAction(ports, collection, round);
      return 'goes on';
    case 'sealing':
      if (!isDue) return 'waits';
      await proveLateRuns(ports, collection);
      await seal(ports, collection);
      return 'goes on';
    case 'planned':
    case 'copying':
      return 'waits';
    default: {
      const unknown: never = collection;
      throw new Error(`Unknown collection ${JSON.stringify(unknown)}.`);
    }
  }
}

function lookUpSubject(ports: Ports, collection: CollectionIn<'received'>, open: Round['open']) {
  return collection.asked?.about === 'machine' ? lookUpMachine(ports, collection) : lookUp(ports, collection, open);
}

/** For its first seconds a start is most likely still being answered; nobody else looks for it yet. */
function isBeingSent(startingAt: string, now: string): boolean {
  return Date.parse(now) - Date.parse(startingAt) < 5_000;
}
