import type { CollectionIn } from '../domain/collection.ts';
import { type AttemptName, writeComment } from '../domain/machine-action.ts';
import { applyEvent } from './apply-event.ts';
import { backOff, later } from './back-off.ts';
import { ensureScripts } from './ensure-scripts.ts';
import type { Ports, StartOutcome } from './ports.ts';
import { takeLane } from './take-lane.ts';

/** Starts the next session of a planned collection, if its machine's lane is free, the governor grants, and the scripts are the reviewed ones. */
export async function dispatch(ports: Ports, collection: CollectionIn<'planned'>): Promise<void> {
  const { id, machineId, plan, progress } = collection;
  const session = plan.sessions[progress.session];
  if (session === undefined) throw new Error(`Collection ${id} has no session ${progress.session}.`);
  const name: AttemptName = { collectionId: id, session: progress.session, attempt: progress.attempt + 1 };

  const lane = await takeLane(ports, machineId, id);
  if (lane.lane === 'held') {
    await applyEvent(ports, id, {
      type: 'put off',
      notBefore: later(ports, 15_000),
      reason: `Another collection (${lane.by}) has its turn on this machine.`,
    });
    return;
  }
  const grant = await ports.governor.grantStart(name);
  if (grant.grant === 'later') {
    await giveUpTurn(ports, machineId, name);
    await applyEvent(ports, id, { type: 'put off', notBefore: grant.notBefore, reason: grant.reason });
    return;
  }
  const readiness = await ensureScripts(ports, id, plan.scripts).catch(async (fault: unknown) => {
    await giveUpTurn(ports, machineId, name);
    throw fault;
  });
  if (readiness.readiness === 'not ready') {
    await giveUpTurn(ports, machineId, name);
    await applyEvent(ports, id, {
      type: 'put off',
      notBefore: later(ports, backOff(collection.tries)),
      reason: readiness.reason,
    });
    return;
  }
  // The intent is saved before the act; only the instance whose save it was goes on to the POST.
  const intent = await applyEvent(ports, id, { type: 'starting' });
  if (intent.applied !== 'moved') return;
  const answer = await ports.defender.startLiveResponse({
    machineId,
    comment: writeComment(name),
    commands: session.commands,
  });
  ports.log({
    event: 'dispatch',
    collection: id,
    machine: machineId,
    session: name.session,
    attempt: name.attempt,
    outcome: answer.outcome,
  });
  await saveAnswer(ports, id, answer, collection.tries);
}

async function saveAnswer(ports: Ports, id: string, answer: StartOutcome, tries: number): Promise<void> {
  switch (answer.outcome) {
    case 'started':
      await applyEvent(ports, id, { type: 'started', action: answer.action });
      return;
    case 'throttled': {
      const notBefore = later(ports, answer.afterMs);
      await ports.governor.blockUntil(notBefore);
      await applyEvent(ports, id, { type: 'not started', notBefore, reason: answer.reason });
      return;
    }
    case 'busy':
    case 'unreachable':
    case 'not allowed':
      await applyEvent(ports, id, {
        type: 'not started',
        notBefore: later(ports, backOff(tries)),
        reason: answer.reason,
      });
      return;
    case 'refused':
      await applyEvent(ports, id, { type: 'refused', reason: answer.reason });
      return;
    case 'unknown': {
      const reason = `${answer.reason} Whether the live response was started is not known; it is looked for before anything is sent again.`;
      await applyEvent(ports, id, { type: 'put off', notBefore: later(ports, 10_000), reason });
      return;
    }
    default: {
      const unknown: never = answer;
      throw new Error(`Unknown answer ${JSON.stringify(unknown)}.`);
    }
  }
}

/** Gives up lane and lease, unless another instance has meanwhile started this very attempt and needs them. */
async function giveUpTurn(ports: Ports, machineId: string, name: AttemptName): Promise<void> {
  const collection = (await ports.collections.load(name.collectionId))?.collection;
  if (collection?.status !== 'planned' || collection.progress.session !== name.session) return;
  if (collection.progress.attempt >= name.attempt) return;
  await ports.governor.giveBack(name);
  await ports.lanes.leave(machineId, name.collectionId);
}
