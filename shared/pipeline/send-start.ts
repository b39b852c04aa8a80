import type { Session } from '../domain/command.ts';
import type { ListedScript } from '../domain/library-proof.ts';
import { type AttemptName, writeComment } from '../domain/machine-action.ts';
import type { Reach } from '../domain/start-quota.ts';
import type { StartOutcome } from '../domain/start-outcome.ts';
import { applyEvent } from './apply-event.ts';
import { backOff, later } from './back-off.ts';
import type { Ports } from './ports.ts';
import { noteStarted } from './note-started.ts';
import { giveUpTurn } from './take-lane.ts';

/** A session whose machine's lane is taken and whose scripts are the reviewed ones; `tries` were in vain before. */
export interface ReadyStart {
  readonly name: AttemptName;
  readonly machineId: string;
  readonly session: Session;
  readonly tries: number;
  readonly reach: Reach;
  readonly scripts: readonly ListedScript[];
}

/** What those who send together know of Defender: once one was told to wait, the others send nothing more. */
export interface Sending {
  defender: 'takes calls' | 'throttles';
}

/** From the intent to the sending there is no work; an instance that was frozen between the two must not send. */
const SEND_WITHIN_MS = 10_000;
/** With the 10 s above and two minutes until Defender shows an action, still within the 180 s after which it counts as absent. */
const START_TIMEOUT_MS = 40_000;

/** Saves the intent of a granted start, sends it, and saves the answer; only the instance whose save of the intent it was sends. */
export async function sendStart(ports: Ports, ready: ReadyStart, sending: Sending): Promise<void> {
  const { name, machineId, scripts } = ready;
  if (sending.defender === 'throttles') return giveUpTurn(ports, machineId, name);
  const { collectionId, session, attempt } = name;
  const intent = await applyEvent(ports, collectionId, { type: 'starting', session, attempt, scripts });
  if (intent.applied !== 'moved' || intent.collection.status !== 'starting') {
    return giveUpTurn(ports, machineId, name);
  }
  if (sendingIs(sending) === 'throttles') return giveUpIntent(ports, name, 'Defender asked for fewer calls meanwhile.');
  const refusal = await confirm(ports, ready).catch((fault: unknown) => {
    const { code, reason } = ports.explain(fault);
    ports.log({ event: 'fault', at: 'confirm start', code });
    return reason;
  });
  if (refusal !== null) return giveUpIntent(ports, name, refusal);
  if (ports.now().getTime() - Date.parse(intent.collection.startingAt) > SEND_WITHIN_MS)
    return giveUpIntent(ports, name, 'It was not sent in time.');
  // Files may have been united into the plan since it was prepared: what is sent is what the intent was saved with.
  const planned = intent.collection.plan.sessions[session] ?? ready.session;
  const answer = await send(ports, { ...ready, session: planned }, sending);
  await saveAnswer(ports, ready, answer);
}

/**
 * The last look before the POST, after the intent was saved: what held when it was granted may no longer hold. The lane
 * must still be ours and its machine not yielded, nothing may be paused, and the governor grants the place anew from now.
 * Answers why it must not be sent, null when it may.
 */
async function confirm(ports: Ports, { name, machineId, reach }: ReadyStart): Promise<string | null> {
  const lane = await ports.lanes.take(machineId, name, ports.now().toISOString());
  if (lane.lane === 'yielded') return `The machine is left to its responders until ${lane.until}.`;
  if (lane.lane === 'held') return `Another collection (${lane.by}) has its turn on this machine.`;
  const confirmed = await ports.governor.confirmStart({ name, reach });
  if (confirmed.decision === 'later') return confirmed.reason;
  const pause = await ports.control.readPause();
  return pause === null ? null : 'Everything that would be started is paused.';
}

/** Read anew, as another start may have been answered since. */
function sendingIs({ defender }: Sending): Sending['defender'] {
  return defender;
}

async function giveUpIntent(ports: Ports, name: AttemptName, reason: string): Promise<void> {
  await ports.governor.takeBack(name);
  const { session, attempt } = name;
  await applyEvent(ports, name.collectionId, {
    type: 'not started',
    session,
    attempt,
    notBefore: later(ports, 0),
    reason,
  });
}

async function send(ports: Ports, { name, machineId, session }: ReadyStart, sending: Sending): Promise<StartOutcome> {
  const signal = AbortSignal.timeout(START_TIMEOUT_MS);
  const request = { machineId, comment: writeComment(name), commands: session.commands };
  const answer = await ports.defender.startLiveResponse(request, { signal });
  if (answer.outcome === 'throttled') sending.defender = 'throttles';
  // Without the note its place is held as that of a start that is still on its way; the answer itself must not be lost with it.
  await ports.governor.noteAnswer(name).catch((fault: unknown) => {
    ports.log({ event: 'fault', at: 'note answer', code: ports.explain(fault).code });
  });
  ports.log({
    event: 'dispatch',
    collection: name.collectionId,
    machine: machineId,
    session: name.session,
    attempt: name.attempt,
    outcome: answer.outcome,
  });
  return answer;
}

async function saveAnswer(ports: Ports, { name, machineId, tries }: ReadyStart, answer: StartOutcome): Promise<void> {
  const { collectionId: id, session, attempt } = name;
  switch (answer.outcome) {
    case 'started': {
      // The answer to our own POST may lack the comment; one that bears another's is not ours.
      const { action } = answer;
      // How Defender names us is learnt from its answers to ourselves, and tells our actions from others' later.
      if (action.requestor !== null && (await ports.control.readRequestor()) !== action.requestor)
        await ports.control.noteRequestor(action.requestor);
      await noteStarted(ports, machineId, { ...action, comment: action.comment || writeComment(name) }, name);
      return;
    }
    case 'throttled': {
      await ports.governor.block(answer.afterMs);
      await applyEvent(ports, id, {
        type: 'not started',
        session,
        attempt,
        notBefore: later(ports, answer.afterMs),
        reason: answer.reason,
      });
      return;
    }
    case 'busy':
    case 'unreachable':
    case 'not allowed':
      await applyEvent(ports, id, {
        type: 'not started',
        session,
        attempt,
        notBefore: later(ports, backOff(tries)),
        reason: answer.reason,
      });
      return;
    case 'refused':
      await applyEvent(ports, id, { type: 'refused', session, attempt, reason: answer.reason });
      return;
    case 'unknown': {
      const reason = `${answer.reason} Whether the live response was started is not known; it is looked for before anything is sent again.`;
      await applyEvent(ports, id, { type: 'put off', while: 'starting', notBefore: later(ports, 10_000), reason });
      return;
    }
    default: {
      const unknown: never = answer;
      throw new Error(`Unknown answer ${JSON.stringify(unknown)}.`);
    }
  }
}
