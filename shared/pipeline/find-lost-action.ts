import type { CollectionIn } from '../domain/collection.ts';
import { type AttemptName, phaseOf, writeComment } from '../domain/machine-action.ts';
import { isSameAttempt } from '../domain/start-quota.ts';
import { applyEvent } from './apply-event.ts';
import { later } from './back-off.ts';
import { noteStarted } from './note-started.ts';
import type { Ports } from './ports.ts';
import { tellOurs } from './tell-ours.ts';
import { VISIBILITY_MS } from './visibility.ts';

const ASK_AGAIN_MS = 10_000;

/** How long ago the start was about to be sent, by the clock that all instances share: before the list is asked for, as that may take long. */
async function readWaited(ports: Ports, name: AttemptName): Promise<number> {
  const lease = (await ports.governor.listLeases()).find((held) => isSameAttempt(held, name));
  if (lease !== undefined) return lease.ageMs;
  // Without a lease nothing tells how long ago; it is counted from now.
  await ports.governor.takeLease(name);
  return 0;
}

/**
 * Looks for the live response whose start was never answered, by its machine and by everything that it must bear, before
 * anything is sent again; only when it has not shown within the visibility window is it taken as never started.
 */
export async function findLostAction(ports: Ports, collection: CollectionIn<'starting'>): Promise<void> {
  const { id, machineId, progress, plan } = collection;
  const name = { collectionId: id, ...progress };
  const comment = writeComment(name);
  const commands = plan.sessions[progress.session]?.commands ?? [];
  const waitedMs = await readWaited(ports, name);
  const actions = await ports.defender.listActions({ machineId });
  const { ours, unclear } = await tellOurs(ports, actions, { collectionId: id, machineId, comment, commands });
  const [first] = ours;
  if (first !== undefined) return noteStarted(ports, machineId, first, name);
  const putOff = (reason: string) =>
    applyEvent(ports, id, { type: 'put off', while: 'starting', notBefore: later(ports, ASK_AGAIN_MS), reason });
  const [other] = unclear;
  if (other !== undefined) {
    const what = `A live response with exactly what was sent is there (${other.id}), but another caller or source than ours is named for it`;
    const isOver = waitedMs >= VISIBILITY_MS && unclear.every(({ status }) => phaseOf(status) === 'final');
    if (!isOver) {
      await putOff(`${what}; nothing is sent beside it. Look whether the app was renamed.`);
      return;
    }
    // It may be ours and may have run: it is not run a second time unless somebody says so, and its place is for others.
    const reason = `${what}. It has ended and is not run a second time. Look whether the app was renamed, and retry the collection if it is to be run.`;
    await applyEvent(ports, id, { type: 'refused', ...progress, reason });
    return;
  }
  if (waitedMs < VISIBILITY_MS) {
    await putOff(collection.reason ?? 'The answer to its start is awaited.');
    return;
  }
  const reason = 'The live response was sent, but Defender shows none; it is sent again.';
  await applyEvent(ports, id, { type: 'start lost', ...progress, reason });
}
