import type { Collection } from '../domain/collection.ts';
import type { CollectionEvent, Effect } from '../domain/collection-event.ts';
import { chainFacts, stampFacts } from '../domain/custody.ts';
import type { Step } from '../domain/step.ts';
import { transition } from '../domain/transition.ts';
import type { Ports } from './ports.ts';
import { runEffects } from './run-effects.ts';

/** What became of an event: it moved the collection, was absorbed by it, or there is no such collection. */
export type Applied =
  | { readonly applied: 'moved' | 'absorbed'; readonly collection: Collection }
  | { readonly applied: 'no such collection' };

const MAX_CONFLICTS = 20;

/**
 * Loads a collection, applies an event, saves it, and then runs what the transition asks for.
 *
 * Another instance may save in between: then the version has changed, the collection is read again, and the event is
 * applied to what it has become, which absorbs it if it no longer fits. Effects run after the save. A crash between the
 * two may lose some, and each has its second way: late results are copied by the poll, ended collections are closed by it,
 * old leases are pruned, a cancel is asked for again, and a lane is taken from whoever is done with its machine.
 */
export async function applyEvent(ports: Ports, collectionId: string, event: CollectionEvent): Promise<Applied> {
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
    const loaded = await ports.collections.load(collectionId);
    if (loaded === null) return { applied: 'no such collection' };
    const before = loaded.collection;
    const now = ports.now().toISOString();
    const step = stampStep(transition(before, event, now), loaded.readAt);
    if (step.collection === before) return { applied: 'absorbed', collection: before };
    const { lines, head } = chainFacts(before.custody, step.facts, now, ports.sha256);
    const next: Collection = { ...step.collection, custody: head };
    if ((await ports.collections.save(loaded, next, lines)) === 'saved') {
      logTransition(ports, before, next, event);
      await runEffects(ports, next, withoutRepeats(step.effects));
      return { applied: 'moved', collection: next };
    }
  }
  throw new Error(
    `Collection ${collectionId} was changed by others ${MAX_CONFLICTS} times in a row; it is tried again at the next poll.`,
  );
}

/** Two clocks stand in each entry: ours, and that of the service, which all instances share. */
function stampStep(step: Step, readAt: string | undefined): Step {
  return { ...step, facts: stampFacts(step.facts, readAt) };
}

function withoutRepeats(effects: readonly Effect[]): readonly Effect[] {
  const seen = new Set<string>();
  return effects.filter((effect) => {
    const key = JSON.stringify(effect);
    return seen.has(key) ? false : Boolean(seen.add(key));
  });
}

function logTransition(ports: Ports, before: Collection, next: Collection, event: CollectionEvent): void {
  ports.log({
    event: 'transition',
    cause: event.type,
    collection: next.id,
    alert: next.alertId,
    machine: next.machineId,
    from: before.status,
    to: next.status,
    tries: next.tries,
    ageMs: ports.now().getTime() - Date.parse(next.receivedAt),
  });
}
