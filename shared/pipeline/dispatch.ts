import type { StartOutcome } from '../domain/start-outcome.ts';
import type { CollectionIn } from '../domain/collection.ts';
import type { Session } from '../domain/command.ts';
import { type AttemptName, writeComment } from '../domain/machine-action.ts';
import { applyEvent } from './apply-event.ts';
import { backOff, later } from './back-off.ts';
import { ensureScripts } from './ensure-scripts.ts';
import type { Ports } from './ports.ts';
import { takeLane } from './take-lane.ts';

/** Whether a dispatch met a quota that is used up; then nothing else of this poll needs to ask. */
export type Dispatched = 'quota used up' | 'done';

/** From the intent to the sending there is no work; an instance that was frozen between the two must not send. */
const SEND_WITHIN_MS = 10_000;
/** With the 10 s above and two minutes until Defender shows an action, still within the 180 s after which it counts as absent. */
const START_TIMEOUT_MS = 40_000;

/** Starts the next session of a planned collection, if its machine's lane is free, the scripts are the reviewed ones, and the governor grants. */
export async function dispatch(ports: Ports, collection: CollectionIn<'planned'>): Promise<Dispatched> {
  const { id, machineId, plan, progress } = collection;
  const session = plan.sessions[progress.session];
  if (session === undefined) throw new Error(`Collection ${id} has no session ${progress.session}.`);
  const name: AttemptName = { collectionId: id, session: progress.session, attempt: progress.attempt + 1 };
  const putOff = (notBefore: string, reason: string) => applyEvent(ports, id, { type: 'put off', notBefore, reason });

  const lane = await takeLane(ports, machineId, id);
  if (lane.lane === 'held') {
    await putOff(later(ports, 15_000), `Another collection (${lane.by}) has its turn on this machine.`);
    return 'done';
  }
  const readiness = await ensureScripts(ports, id, plan.scripts).catch(async (fault: unknown) => {
    await giveUpTurn(ports, machineId, name);
    throw fault;
  });
  if (readiness.readiness === 'not ready') {
    await giveUpTurn(ports, machineId, name);
    await putOff(later(ports, backOff(collection.tries)), readiness.reason);
    return 'done';
  }
  const grant = await ports.governor.grantStart(name);
  if (grant.grant === 'later') {
    await giveUpTurn(ports, machineId, name);
    await putOff(grant.notBefore, grant.reason);
    return 'quota used up';
  }
  // The intent is saved before the act; only the instance whose save it was goes on to the POST.
  const intent = await applyEvent(ports, id, { type: 'starting', session: name.session, attempt: name.attempt });
  if (intent.applied === 'moved' && intent.collection.status === 'starting') {
    await start(ports, { name, machineId, session, intendedAt: intent.collection.startingAt, tries: collection.tries });
  } else {
    await giveUpTurn(ports, machineId, name);
  }
  return 'done';
}

interface Start {
  readonly name: AttemptName;
  readonly machineId: string;
  readonly session: Session;
  readonly intendedAt: string;
  readonly tries: number;
}

async function start(ports: Ports, { name, machineId, session, intendedAt, tries }: Start): Promise<void> {
  const { collectionId } = name;
  if (ports.now().getTime() - Date.parse(intendedAt) > SEND_WITHIN_MS) {
    await applyEvent(ports, collectionId, {
      type: 'not started',
      notBefore: later(ports, 0),
      reason: 'It was not sent in time.',
    });
    return;
  }
  const comment = writeComment(name);
  const signal = AbortSignal.timeout(START_TIMEOUT_MS);
  const answer = await ports.defender.startLiveResponse({ machineId, comment, commands: session.commands }, { signal });
  await ports.governor.noteAnswer(name);
  const { session: number, attempt } = name;
  ports.log({
    event: 'dispatch',
    collection: collectionId,
    machine: machineId,
    session: number,
    attempt,
    outcome: answer.outcome,
  });
  await saveAnswer(ports, name, answer, tries);
}

async function saveAnswer(ports: Ports, name: AttemptName, answer: StartOutcome, tries: number): Promise<void> {
  const id = name.collectionId;
  switch (answer.outcome) {
    case 'started': {
      // The answer to our own POST may lack the comment; one that bears another's is not ours.
      const { action } = answer;
      await applyEvent(ports, id, {
        type: 'started',
        action: { ...action, comment: action.comment || writeComment(name) },
      });
      return;
    }
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
  await ports.lanes.leave(machineId, name.collectionId);
  await ports.governor.giveBack(name);
}
