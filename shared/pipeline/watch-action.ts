import type { CollectionIn } from '../domain/collection.ts';
import type { MachineAction } from '../domain/machine-action.ts';
import type { Round } from './advance.ts';
import { applyEvent } from './apply-event.ts';
import { later } from './back-off.ts';
import type { Ports } from './ports.ts';
import { callOffSwapped, proveRun } from './prove-runs.ts';
import { VISIBILITY_MS } from './visibility.ts';

const ASK_AGAIN_MS = 60_000;

/**
 * Takes in what the poll's one list call said of a running action. Only when the list no longer shows it is it asked for
 * alone, and only when two such questions a minute apart find nothing is it taken as gone. One that pends for too long is
 * cancelled, as is one whose script was swapped meanwhile, and a cancel that does not show is asked for again. Once it has
 * ended, the library is listed to see that what ran was the reviewed script.
 */
export async function watchAction(
  ports: Ports,
  collection: CollectionIn<'running'>,
  { sightings, library }: Pick<Round, 'sightings' | 'library'>,
): Promise<void> {
  const { id, actionId } = collection;
  if (collection.cancel !== null) await applyEvent(ports, id, { type: 'cancel again' });
  if (sightings.list === 'not answered') return;
  const listed = sightings.actions.get(actionId);
  const sighting = listed ?? (await askAlone(ports, collection));
  if (sighting === null) return;
  const seen = await applyEvent(ports, id, { type: 'action seen', action: sighting });
  if (seen.applied === 'no such collection') return;
  if (seen.collection.status !== 'running') {
    // An action that was asked for alone may have ended after the library was listed in this poll.
    const list = listed === undefined ? library.listAgain : library.list;
    if (seen.applied === 'moved') await proveRun(ports, seen.collection, collection.progress.session, list);
    return;
  }
  if (sighting.status !== 'Pending') return;
  await callOffSwapped(ports, seen.collection, library.seen());
  await standDownSilent(ports, collection);
}

/** The action by its own id, null when it is not known or need not be asked for yet. */
async function askAlone(ports: Ports, collection: CollectionIn<'running'>): Promise<MachineAction | null> {
  const { id, actionId } = collection;
  const now = ports.now();
  if (now.getTime() - Date.parse(collection.startedAt) < VISIBILITY_MS || now.toISOString() < collection.notBefore)
    return null;
  const asked = await ports.defender.getAction(actionId);
  if (asked.outcome === 'found') return asked.action;
  const reason = `Defender no longer knows the machine action ${actionId}.`;
  if (collection.reason === reason) await applyEvent(ports, id, { type: 'action gone', reason });
  else
    await applyEvent(ports, id, { type: 'put off', while: 'running', notBefore: later(ports, ASK_AGAIN_MS), reason });
  return null;
}

async function standDownSilent(ports: Ports, { id, startedAt }: CollectionIn<'running'>): Promise<void> {
  const pendingMs = ports.now().getTime() - Date.parse(startedAt);
  if (pendingMs < ports.pendingLimitMinutes * 60_000) return;
  const reason = `The machine has not taken the live response up for ${ports.pendingLimitMinutes} minutes; it is cancelled, so that its place is free for others.`;
  await applyEvent(ports, id, { type: 'stand down', why: 'silent', until: later(ports, 0), reason });
}
