import type { Collection, CollectionIn } from './collection.ts';
import type { EventOf } from './collection-event.ts';
import { readComment } from './machine-action.ts';
import { absorb, noteFact, type Step } from './step.ts';

/** An action of ours that showed so late that its start had been taken as lost: it is taken up instead of starting another. */
export function adopt(collection: CollectionIn<'planned'>, event: EventOf<'adopted'>, now: string): Step {
  const { action } = event;
  const name = readComment(action.comment);
  const { session, attempt } = collection.progress;
  // One that was known before and has ended is not adopted again: only what was taken as lost.
  const isLost = collection.lostAttempts.some(
    (lost) => lost.session === name?.session && lost.attempt === name.attempt,
  );
  const isOurs = name?.collectionId === collection.id && name.session === session && isLost;
  if (!isOurs || collection.calledOff !== null) return absorb(collection);
  const next: Collection = {
    ...collection,
    lostAttempts: collection.lostAttempts.filter(
      (lost) => lost.session !== name.session || lost.attempt !== name.attempt,
    ),
    status: 'running',
    actionId: action.id,
    startedAt: now,
    actionStatus: action.status === 'InProgress' ? 'InProgress' : 'Pending',
    commandsLeft: collection.plan.sessions[session]?.commands.length ?? 0,
    cancel: null,
    reason: null,
    tries: 0,
  };
  const facts = [noteFact('adopted', { action: action.id, status: action.status, comment: action.comment })];
  return {
    collection: next,
    facts,
    effects: [{ type: 'take the turn', machineId: collection.machineId, session, attempt }],
  };
}

/** Whoever makes them must not make a row too long to be kept. */
const MAX_PRETENDERS = 20;

/** An action that carries our comment and is not what we sent: it is left alone and recorded. */
export function notePretender(collection: Collection, event: EventOf<'pretender seen'>): Step {
  const { actionId, what } = event;
  if (collection.pretenders.includes(actionId) || collection.pretenders.length >= MAX_PRETENDERS)
    return absorb(collection);
  return {
    collection: { ...collection, pretenders: [...collection.pretenders, actionId] },
    facts: [{ event: 'pretender seen', actor: 'somebody else', detail: { action: actionId, what } }],
    effects: [],
  };
}
