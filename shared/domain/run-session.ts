import type { Collection, CollectionIn } from './collection.ts';
import type { EventOf } from './collection-event.ts';
import type { CustodyFact } from './custody.ts';
import { endSession, giveUpResults } from './end-session.ts';
import { type ListedScript, openProofs } from './library-proof.ts';
import { type MachineAction, phaseOf, readComment, writeComment } from './machine-action.ts';
import { isToBeTriedAgain, returnUnrun } from './stand-down.ts';
import { absorb, giveUpTurn, moveOn, noteFact, type Step } from './step.ts';

/** A reviewed script that was missing in the library and was put there for this collection. */
export function noteUpload(collection: CollectionIn<'planned'>, event: EventOf<'script uploaded'>): Step {
  const { name, sha256 } = event;
  return { collection: { ...collection }, facts: [noteFact('script uploaded', { script: name, sha256 })], effects: [] };
}

/** A planned collection whose next session is about to be sent: the intent, saved before the act. */
export function intend(collection: CollectionIn<'planned'>, event: EventOf<'starting'>, now: string): Step {
  // Whoever planned this attempt may have read the collection long ago: only the very next attempt, and when it is due, is begun.
  const isNext = event.session === collection.progress.session && event.attempt === collection.progress.attempt + 1;
  if (!isNext || now < collection.notBefore) return absorb(collection);
  const progress = { session: collection.progress.session, attempt: collection.progress.attempt + 1 };
  const comment = writeComment({ collectionId: collection.id, ...progress });
  const { scripts = [] } = event;
  const isLost = collection.lostAttempts.some((lost) => lost.session === progress.session);
  const lost = isLost ? 'an attempt was lost' : 'none was lost';
  const proofs = openProofs(collection.scriptProofs ?? [], collection.plan, progress.session, scripts, lost);
  const next: Collection = {
    ...collection,
    ...(proofs.length === 0 ? {} : { scriptProofs: proofs }),
    status: 'starting',
    progress,
    startingAt: now,
    reason: null,
  };
  const listed = scripts.length === 0 ? {} : { scripts: scripts.map(tellListed).join(', ') };
  const fact = noteFact('starting', { comment, machine: collection.machineId, ...listed });
  return { collection: next, facts: [fact], effects: [] };
}

function tellListed({ name, sha256, updatedAt }: ListedScript): string {
  return `${name} ${sha256} in the library since ${updatedAt ?? 'an unknown time'}`;
}

/** A start that certainly did not happen: it is tried again later under the next attempt. */
export function returnToPlan(collection: CollectionIn<'starting'>, event: EventOf<'not started'>, now: string): Step {
  if (collection.calledOff !== null) return giveUpCalledOff(collection, now);
  const { startingAt: _, ...rest } = collection;
  const { notBefore, reason } = event;
  const next: Collection = { ...rest, status: 'planned', notBefore, reason, tries: collection.tries + 1 };
  return {
    collection: next,
    facts: [noteFact('not started', { reason, notBefore })],
    effects: [giveUpTurn(collection)],
  };
}

/** How often a start may vanish without a trace before it is given up. */
const MAX_LOST_STARTS = 3;

/** A start of which Defender shows nothing after the visibility window: it is sent again, but not for ever. */
export function loseStart(collection: CollectionIn<'starting'>, reason: string, now: string): Step {
  const lostAttempts = [...collection.lostAttempts, collection.progress];
  if (lostAttempts.length < MAX_LOST_STARTS) {
    const again = returnToPlan(
      collection,
      { type: 'not started', ...collection.progress, notBefore: now, reason },
      now,
    );
    return { ...again, collection: { ...again.collection, lostAttempts } };
  }
  const last = `Sent ${lostAttempts.length} times, and Defender shows no live response; it is not sent again.`;
  return refuse({ ...collection, lostAttempts }, last, now);
}

/** A start that will never be accepted: the session's results are missing for that reason. */
export function refuse(collection: CollectionIn<'starting'>, reason: string, now: string): Step {
  const onward = giveUpResults(collection, 'session', reason, now);
  return moveOn(onward, reason, [noteFact('refused', { reason })], [giveUpTurn(collection)]);
}

/** A start that was accepted; an action that bears another attempt's comment is not taken up. */
export function start(collection: CollectionIn<'starting'>, event: EventOf<'started'>, now: string): Step {
  const { action } = event;
  const name = readComment(action.comment);
  const { session, attempt } = collection.progress;
  if (name?.collectionId !== collection.id || name.session !== session || name.attempt !== attempt)
    return absorb(collection);
  const { startingAt: _, ...rest } = collection;
  const next: Collection = {
    ...rest,
    status: 'running',
    actionId: action.id,
    startedAt: now,
    actionStatus: action.status,
    commandsLeft: collection.plan.sessions[session]?.commands.length ?? 0,
    cancel: null,
    reason: null,
    tries: 0,
  };
  const facts = [noteFact('started', { action: action.id, status: action.status })];
  return next.calledOff === null ? { collection: next, facts, effects: [] } : cancelStarted(next, facts, now);
}

/** A start that was called off before its answer came: what was started is cancelled at once. */
function cancelStarted(collection: CollectionIn<'running'>, facts: readonly CustodyFact[], now: string): Step {
  const reason = collection.calledOff?.reason ?? 'It was called off.';
  return {
    collection: { ...collection, reason, cancel: { why: 'called off', askedAt: now, until: null } },
    facts,
    effects: [{ type: 'cancel action', actionId: collection.actionId, reason }],
  };
}

/** A start that certainly did not happen and that nobody wants any more. */
function giveUpCalledOff(collection: CollectionIn<'starting'>, now: string): Step {
  const reason = collection.calledOff?.reason ?? 'It was called off.';
  const onward = giveUpResults(collection, 'all', reason, now);
  return moveOn(onward, reason, [noteFact('not started', { reason, notBefore: now })], [giveUpTurn(collection)]);
}

/** What Defender says of the running action; its end settles the session, and a status that goes back is ignored. */
export function see(collection: CollectionIn<'running'>, event: EventOf<'action seen'>, now: string): Step {
  const { action } = event;
  if (action.id !== collection.actionId) return absorb(collection);
  if (phaseOf(action.status) === 'open') {
    const hasBegun = collection.actionStatus === 'Pending' && action.status === 'InProgress';
    const commandsLeft = Math.min(collection.commandsLeft, countLeft(collection, action));
    // Whatever was doubted of it, it has been seen again.
    const reason = collection.cancel === null ? null : collection.reason;
    const isNews = hasBegun || commandsLeft !== collection.commandsLeft || reason !== collection.reason;
    if (!isNews) return absorb(collection);
    const next: Collection = {
      ...collection,
      actionStatus: hasBegun ? action.status : collection.actionStatus,
      silence: hasBegun ? null : collection.silence,
      commandsLeft,
      reason,
    };
    return { collection: next, facts: hasBegun ? [noteFact('in progress', { action: action.id })] : [], effects: [] };
  }
  if (isToBeTriedAgain(collection, action)) return returnUnrun(collection, action, now);
  const onward = endSession(collection, action, now);
  const commands = describeCommands(collection, action);
  const commandTimes = describeTimes(collection, action);
  return moveOn(
    onward,
    collection.reason,
    [noteFact('action ended', { action: action.id, status: action.status, commands, commandTimes })],
    [giveUpTurn(collection)],
  );
}

/** How many commands of our session have not ended, by what is said of them. */
function countLeft(collection: CollectionIn<'running'>, { commands }: EventOf<'action seen'>['action']): number {
  const ended = new Set(commands.filter((command) => command.status !== 'Created').map((command) => command.index));
  const own = collection.plan.sessions[collection.progress.session]?.commands ?? [];
  return own.filter((_, index) => !ended.has(index)).length;
}

/** How the commands of our session ended, in our own words: what else an answer holds is not quoted. */
function describeCommands(collection: CollectionIn<'running'>, action: EventOf<'action seen'>['action']): string {
  const commands = collection.plan.sessions[collection.progress.session]?.commands ?? [];
  const statuses = new Map(action.commands.map((command) => [command.index, command.status]));
  return commands.map((command, index) => `${index} ${command.type} ${statuses.get(index) ?? 'not named'}`).join(', ');
}

/** When the commands of our session began and ended by Defender's clock, `-` for what is not told: `0 <start> <end>, …`. */
function describeTimes(collection: CollectionIn<'running'>, action: MachineAction): string {
  const commands = collection.plan.sessions[collection.progress.session]?.commands ?? [];
  const told = new Map(action.commands.map((command) => [command.index, command]));
  const write = (at: string | null | undefined) => {
    const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(at ?? '') ? Date.parse(at ?? '') : Number.NaN;
    return Number.isNaN(ms) ? '-' : new Date(ms).toISOString();
  };
  return commands
    .map((_, index) => `${index} ${write(told.get(index)?.startedAt)} ${write(told.get(index)?.endedAt)}`)
    .join(', ');
}

/** An action that Defender no longer knows: the session's results are missing. */
export function loseAction(collection: CollectionIn<'running'>, reason: string, now: string): Step {
  const onward = giveUpResults(collection, 'session', reason, now);
  return moveOn(
    onward,
    reason,
    [noteFact('action gone', { action: collection.actionId, reason })],
    [giveUpTurn(collection)],
  );
}
