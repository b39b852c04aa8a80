import type { CollectionIn } from '../domain/collection.ts';
import { applyEvent } from './apply-event.ts';
import { later } from './back-off.ts';
import type { Ports } from './ports.ts';
import type { Sightings } from './sight-actions.ts';
import { VISIBILITY_MS } from './visibility.ts';

const ASK_AGAIN_MS = 60_000;

/**
 * Takes in what the poll's one list call said of a running action. Only when the list no longer shows it is it asked for
 * alone, and only when two such questions a minute apart find nothing is it taken as gone.
 */
export async function watchAction(
  ports: Ports,
  collection: CollectionIn<'running'>,
  sightings: Sightings,
): Promise<void> {
  const { id, actionId } = collection;
  if (sightings.list === 'not answered') return;
  const sighting = sightings.actions.get(actionId);
  if (sighting !== undefined) {
    await applyEvent(ports, id, { type: 'action seen', action: sighting });
    return;
  }
  const now = ports.now();
  if (now.getTime() - Date.parse(collection.startedAt) < VISIBILITY_MS || now.toISOString() < collection.notBefore)
    return;
  const asked = await ports.defender.getAction(actionId);
  if (asked.outcome === 'found') {
    await applyEvent(ports, id, { type: 'action seen', action: asked.action });
    return;
  }
  const reason = `Defender no longer knows the machine action ${actionId}.`;
  if (collection.reason === reason) await applyEvent(ports, id, { type: 'action gone', reason });
  else await applyEvent(ports, id, { type: 'put off', notBefore: later(ports, ASK_AGAIN_MS), reason });
}
