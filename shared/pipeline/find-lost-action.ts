import type { CollectionIn } from '../domain/collection.ts';
import { writeComment } from '../domain/machine-action.ts';
import { applyEvent } from './apply-event.ts';
import { later } from './back-off.ts';
import type { Ports } from './ports.ts';
import { tellOurs } from './tell-ours.ts';
import { VISIBILITY_MS } from './visibility.ts';

/**
 * Looks for the live response whose start was never answered, by its machine and by everything that it must bear, before
 * anything is sent again; only when it has not shown within the visibility window is it taken as never started.
 */
export async function findLostAction(ports: Ports, collection: CollectionIn<'starting'>): Promise<void> {
  const { id, machineId, progress, plan } = collection;
  const comment = writeComment({ collectionId: id, ...progress });
  const commands = plan.sessions[progress.session]?.commands ?? [];
  const actions = await ports.defender.listActions({ machineId });
  const ours = await tellOurs(ports, actions, { collectionId: id, machineId, comment, commands });
  const [first] = ours;
  if (first !== undefined) {
    await applyEvent(ports, id, { type: 'started', action: first });
    return;
  }
  const waitedMs = ports.now().getTime() - Date.parse(collection.startingAt);
  if (waitedMs < VISIBILITY_MS) {
    await applyEvent(ports, id, {
      type: 'put off',
      notBefore: later(ports, 10_000),
      reason: collection.reason ?? 'The answer to its start is awaited.',
    });
    return;
  }
  const reason = 'The live response was sent, but Defender shows none; it is sent again.';
  await applyEvent(ports, id, { type: 'start lost', reason });
}
