import type { Collection } from '../domain/collection.ts';
import type { Effect } from '../domain/collection-event.ts';
import { nameHolder } from '../domain/lane.ts';
import { announceEnd } from './announce.ts';
import { exportCustody } from './export-custody.ts';
import type { Ports } from './ports.ts';

/** Does what a saved transition asks for, each effect even if one before it failed; then the first fault is thrown. */
export async function runEffects(ports: Ports, collection: Collection, effects: readonly Effect[]): Promise<void> {
  const faults: unknown[] = [];
  for (const effect of effects)
    await runEffect(ports, collection, effect).catch((fault: unknown) => faults.push(fault));
  if (faults.length > 0) throw faults[0];
}

async function runEffect(ports: Ports, collection: Collection, effect: Effect): Promise<void> {
  const { id } = collection;
  switch (effect.type) {
    case 'write ticket': {
      const { session, index, attempt } = effect;
      await ports.tickets.write({ collectionId: id, session, index, attempt });
      return;
    }
    case 'give up the turn': {
      const { session, attempt } = effect;
      const name = { collectionId: id, session, attempt };
      await ports.lanes.leave(effect.machineId, nameHolder(name));
      await ports.governor.giveBack(name);
      return;
    }
    case 'cancel action':
      await ports.defender.cancelAction(effect.actionId, `Evidence Collector ${id}: ${effect.reason}`);
      return;
    case 'take the turn': {
      const { session, attempt } = effect;
      const name = { collectionId: id, session, attempt };
      await ports.governor.takeLease(name);
      await ports.lanes.take(effect.machineId, name, ports.now().toISOString());
      return;
    }
    case 'close':
      await exportCustody(ports, collection);
      await ports.collections.noteEnded(collection);
      if ((await announceEnd(ports, collection)) === 'told') await ports.collections.close(id);
      return;
    default: {
      const unknown: never = effect;
      throw new Error(`Unknown effect ${JSON.stringify(unknown)}.`);
    }
  }
}
