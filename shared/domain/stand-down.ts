import type { Collection, CollectionIn, Silence } from './collection.ts';
import type { EventOf } from './collection-event.ts';
import type { MachineAction } from './machine-action.ts';
import { absorb, giveUpTurn, noteFact, type Step } from './step.ts';

const FIRST_WAIT_MS = 15 * 60_000;
const LONGEST_WAIT_MS = 2 * 3_600_000;
const CANCEL_AGAIN_MS = 60_000;

/**
 * A running action that nobody has taken up yet is cancelled, so that its place is free for others: its machine does not
 * answer, somebody more urgent needs the place, or its script is not the reviewed one any more. It is tried again at `until`.
 */
export function standDown(collection: CollectionIn<'running'>, event: EventOf<'stand down'>, now: string): Step {
  if (collection.calledOff !== null || collection.actionStatus !== 'Pending') return absorb(collection);
  const { why, until, reason } = event;
  if (collection.cancel !== null) return retime(collection, event);
  return {
    collection: { ...collection, reason, cancel: { why, askedAt: now, until } },
    facts: [noteFact('stands down', { action: collection.actionId, why, reason })],
    effects: [{ type: 'cancel action', actionId: collection.actionId, reason }],
  };
}

/** A cancel that is under way for another cause may be for making way as well: then it is tried again at the later time. */
function retime(collection: CollectionIn<'running'>, { why, until, reason }: EventOf<'stand down'>): Step {
  const { cancel } = collection;
  const isLater = cancel !== null && cancel.why !== 'deadline' && (cancel.until === null || cancel.until < until);
  if (cancel === null || why !== 'makes way' || !isLater) return absorb(collection);
  return {
    collection: { ...collection, reason, cancel: { ...cancel, why, until } },
    facts: [noteFact('stands down', { action: collection.actionId, why, reason })],
    effects: [],
  };
}

/** A cancel that has not shown after a minute is asked for again: only the action's own final status ends it. */
export function cancelAgain(collection: CollectionIn<'running'>, now: string): Step {
  const { cancel } = collection;
  if (cancel === null || Date.parse(now) - Date.parse(cancel.askedAt) < CANCEL_AGAIN_MS) return absorb(collection);
  const reason = collection.reason ?? 'It is not wanted any more.';
  return {
    collection: { ...collection, cancel: { ...cancel, askedAt: now } },
    facts: [],
    effects: [{ type: 'cancel action', actionId: collection.actionId, reason }],
  };
}

/** Whether an ended action ran nothing and its session is to be tried again: it stood down, or waited in vain for its machine. */
export function isToBeTriedAgain(collection: CollectionIn<'running'>, action: MachineAction): boolean {
  if (collection.calledOff !== null || collection.actionStatus !== 'Pending') return false;
  const sent = collection.plan.sessions[collection.progress.session]?.commands ?? [];
  const unrun = action.commands.filter((command) => command.status === 'Created' && command.startedAt === null);
  // What is not said of every command is not known to have run nothing.
  if (unrun.length !== sent.length || unrun.length !== action.commands.length) return false;
  const why = collection.cancel?.why;
  const stoodDown = why === 'silent' || why === 'makes way' || why === 'script swapped';
  // A queue that gave up on the machine before we did: nothing was run, and nobody but the queue ended it.
  return (stoodDown && action.status !== 'Succeeded') || (why === undefined && action.status === 'TimeOut');
}

/** The session of an action that ran nothing goes back to the plan. */
export function returnUnrun(collection: CollectionIn<'running'>, action: MachineAction, now: string): Step {
  const { actionId: _a, startedAt, actionStatus: _s, commandsLeft: _l, cancel, ...rest } = collection;
  const isSilent = cancel === null || cancel.why === 'silent';
  const silence: Silence | null = isSilent
    ? { since: rest.silence?.since ?? startedAt, times: (rest.silence?.times ?? 0) + 1 }
    : rest.silence;
  const notBefore = isSilent ? scheduleSilent(silence?.times ?? 1, now) : (cancel?.until ?? now);
  const reason = isSilent
    ? `The machine does not take live responses up (${silence?.times ?? 1} cancelled while pending); it is tried again when it reports, or at times until the deadline.`
    : (collection.reason ?? 'It made way for others, and is tried again.');
  const next: Collection = { ...rest, status: 'planned', silence, notBefore, reason, tries: 0 };
  return {
    collection: next,
    facts: [noteFact('returned to the plan', { action: action.id, status: action.status, reason, notBefore })],
    effects: [giveUpTurn(collection)],
  };
}

/** After its first time in vain a silent machine is tried again in 15 minutes, then each time in twice as many, 2 h at most. */
function scheduleSilent(times: number, now: string): string {
  const waitMs = Math.min(FIRST_WAIT_MS * 2 ** Math.min(times - 1, 10), LONGEST_WAIT_MS);
  return new Date(Date.parse(now) + waitMs).toISOString();
}

/** A machine that was silent has shown itself: what waits for it need wait no longer. */
export function hearOfMachine(collection: CollectionIn<'planned'>, now: string): Step {
  if (collection.silence === null || collection.notBefore <= now) return absorb(collection);
  return {
    collection: { ...collection, notBefore: now },
    facts: [noteFact('machine reported', { notBefore: now })],
    effects: [],
  };
}
