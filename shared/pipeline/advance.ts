import { type Collection, stageOf } from '../domain/collection.ts';
import { applyEvent } from './apply-event.ts';
import { backOff, later } from './back-off.ts';
import { dispatch } from './dispatch.ts';
import { findLostAction } from './find-lost-action.ts';
import { lookUp } from './look-up.ts';
import type { Ports } from './ports.ts';
import { runEffects } from './run-effects.ts';
import { seal } from './seal.ts';
import { type Sightings, watchAction } from './watch-action.ts';

const MAX_STEPS = 8;

/** What the collections of one poll share: what its list call said, and whether a quota was found used up. */
export interface Round {
  readonly sightings: Sightings;
  quota: 'free' | 'used up';
}

/** The round of one collection alone, for which no list call was made. */
export function goAlone(): Round {
  return { sightings: { list: 'not answered' }, quota: 'free' };
}

/**
 * Takes one collection as far as it goes now: step by step until a step changes nothing or has to wait. A fault puts this
 * collection off with its reason and touches no other.
 */
export async function advance(ports: Ports, collectionId: string, round: Round): Promise<Collection | null> {
  let seen: string | null = null;
  for (let steps = 0; steps < MAX_STEPS; steps += 1) {
    const loaded = await ports.collections.load(collectionId);
    if (loaded === null) return null;
    const { collection, version } = loaded;
    if (version === seen) return collection;
    if (stageOf(collection.status) === 'ended') {
      // One that ended in an earlier round and is still in the index was not closed; one that ended just now was.
      if (seen === null) await runEffects(ports, collection, [{ type: 'close' }]);
      return collection;
    }
    seen = version;
    const goesOn = await tryStep(ports, collection, round);
    if (goesOn === 'waits') return collection;
  }
  return null;
}

async function tryStep(ports: Ports, collection: Collection, round: Round): Promise<'goes on' | 'waits'> {
  try {
    return await step(ports, collection, round);
  } catch (fault) {
    const { reason, code, retryAfterMs } = ports.explain(fault);
    const waitMs = Math.max(backOff(collection.tries), retryAfterMs ?? 0);
    ports.log({ event: 'fault', collection: collection.id, status: collection.status, code, tries: collection.tries });
    await applyEvent(ports, collection.id, { type: 'put off', notBefore: later(ports, waitMs), reason });
    return 'waits';
  }
}

async function step(ports: Ports, collection: Collection, round: Round): Promise<'goes on' | 'waits'> {
  const now = ports.now().toISOString();
  if (now >= collection.deadline) {
    const passed = await applyEvent(ports, collection.id, { type: 'deadline passed' });
    if (passed.applied === 'moved') return 'goes on';
  }
  const isDue = now >= collection.notBefore;
  switch (collection.status) {
    case 'received':
      if (!isDue) return 'waits';
      await applyEvent(ports, collection.id, await lookUp(ports, collection));
      return 'goes on';
    case 'planned':
      if (!isDue || ports.mode !== 'collect') return 'waits';
      if (round.quota === 'used up') return 'waits';
      if ((await dispatch(ports, collection)) === 'quota used up') round.quota = 'used up';
      return 'goes on';
    case 'starting':
      if (!isDue || isBeingSent(collection.startingAt, now)) return 'waits';
      await findLostAction(ports, collection);
      return 'goes on';
    case 'running':
      await watchAction(ports, collection, round.sightings);
      return 'goes on';
    case 'sealing':
      if (!isDue) return 'waits';
      await seal(ports, collection);
      return 'goes on';
    case 'copying':
    case 'collected':
    case 'partial':
    case 'failed':
    case 'skipped':
    case 'merged':
      return 'waits';
    default: {
      const unknown: never = collection;
      throw new Error(`Unknown collection ${JSON.stringify(unknown)}.`);
    }
  }
}

/** For its first seconds a start is most likely still being answered; nobody else looks for it yet. */
function isBeingSent(startingAt: string, now: string): boolean {
  return Date.parse(now) - Date.parse(startingAt) < 5_000;
}
