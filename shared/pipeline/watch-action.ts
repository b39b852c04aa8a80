import type { CollectionIn } from '../domain/collection.ts';
import type { MachineAction } from '../domain/machine-action.ts';
import { applyEvent } from './apply-event.ts';
import type { Ports } from './ports.ts';

/** A fresh action may be unknown to Defender's own reads for up to two minutes; 180 s leaves room. */
const VISIBILITY_MS = 180_000;

/** Takes in what the poll's one list call said of a running action; asks for it alone only when the list no longer shows it. */
export async function watchAction(
  ports: Ports,
  collection: CollectionIn<'running'>,
  sighting: MachineAction | undefined,
): Promise<void> {
  const { id, actionId } = collection;
  if (sighting !== undefined) {
    await applyEvent(ports, id, { type: 'action seen', action: sighting });
    return;
  }
  if (ports.now().getTime() - Date.parse(collection.startedAt) < VISIBILITY_MS) return;
  const asked = await ports.defender.getAction(actionId);
  if (asked.outcome === 'found') {
    await applyEvent(ports, id, { type: 'action seen', action: asked.action });
    return;
  }
  await applyEvent(ports, id, {
    type: 'action gone',
    reason: `Defender no longer knows the machine action ${actionId}.`,
  });
}
