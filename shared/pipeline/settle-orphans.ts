import { stageOf } from '../domain/collection.ts';
import type { OpenEntry } from '../domain/open-entry.ts';
import { type AttemptName, type MachineAction, phaseOf, readComment } from '../domain/machine-action.ts';
import { applyEvent } from './apply-event.ts';
import type { Ports } from './ports.ts';
import { tellOurs } from './tell-ours.ts';

/**
 * Of recent actions, settles those that carry our comment and that no collection waits for: one whose start was taken as
 * lost is taken up again, with the results it may have left; one that nobody wants any more is cancelled.
 */
export async function settleOrphans(
  ports: Ports,
  recent: readonly MachineAction[],
  entries: readonly OpenEntry[],
): Promise<void> {
  const planned = new Set(entries.flatMap((entry) => (entry.status === 'planned' ? [entry.id] : [])));
  const watched = new Set(entries.flatMap((entry) => entry.action?.id ?? []));
  for (const action of recent) {
    const name = readComment(action.comment);
    if (name === null || watched.has(action.id)) continue;
    // One that has ended concerns only a collection that has not begun it, as far as it knows.
    if (phaseOf(action.status) === 'final' && !planned.has(name.collectionId)) continue;
    await settleOrphan(ports, action, name).catch((fault: unknown) => {
      ports.log({ event: 'fault', collection: name.collectionId, code: ports.explain(fault).code });
    });
  }
}

async function settleOrphan(ports: Ports, action: MachineAction, name: AttemptName): Promise<void> {
  const collection = (await ports.collections.load(name.collectionId))?.collection ?? null;
  if (collection === null || !('plan' in collection) || collection.plan === null) {
    // Without a plan it cannot be told whether it is what we sent, so that it is only reported.
    if (collection === null || stageOf(collection.status) === 'open') report(ports, action, name, 'left alone');
    return;
  }
  if ('actionId' in collection && collection.actionId === action.id) return;
  const isFinal = phaseOf(action.status) === 'final';
  const isLost = collection.lostAttempts.some(
    ({ session, attempt }) => session === name.session && attempt === name.attempt,
  );
  if (isFinal && !(isLost && collection.status === 'planned')) return;
  const { ours } = await tellOurs(ports, [action], {
    collectionId: collection.id,
    machineId: collection.machineId ?? '',
    comment: action.comment,
    commands: collection.plan.sessions[name.session]?.commands ?? [],
  });
  if (ours.length === 0) return;
  if (collection.status === 'planned') {
    const adopted = await applyEvent(ports, name.collectionId, { type: 'adopted', action });
    if (adopted.applied === 'moved') return report(ports, action, name, 'adopted');
  }
  if (collection.status === 'starting' && collection.progress.attempt === name.attempt) return;
  if (isFinal) return;
  await ports.defender.cancelAction(
    action.id,
    `Evidence Collector ${collection.id}: nobody waits for this live response.`,
  );
  report(ports, action, name, 'cancelled');
}

function report(ports: Ports, action: MachineAction, name: AttemptName, outcome: string): void {
  const { collectionId, session, attempt } = name;
  ports.log({ event: 'orphan action', collection: collectionId, session, attempt, action: action.id, outcome });
}
