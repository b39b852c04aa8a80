import type { Collection, CollectionBasis, CollectionIn, PackedDocument } from './collection.ts';
import { stageOf } from './collection.ts';
import type { CollectionEvent, Effect } from './collection-event.ts';
import type { CustodyFact } from './custody.ts';
import { passDeadline } from './deadline.ts';
import { endSession, giveUpResults, goOn, type Onward } from './end-session.ts';
import { phaseOf, readComment, writeComment } from './machine-action.ts';
import type { Plan } from './plan.ts';
import { expectResults, type Result, type ResultKey } from './result.ts';

/** What an event makes of a collection: the collection after it, what the custody log says of it, and what is to be done. */
export interface Step {
  readonly collection: Collection;
  readonly facts: readonly CustodyFact[];
  readonly effects: readonly Effect[];
}

/**
 * THE state machine. An event that does not fit a collection's status leaves it as it is: no facts, no effects, the
 * same object; so events may come twice, late and out of order, and ended collections absorb every one of them.
 *
 *   received -> planned -> starting -> running -> copying -> sealing -> collected | partial | failed
 *       |          ^ put off, not started |           |
 *       +-> skipped | merged      ^-- sessions left --+        any open status -> failed or sealing at its deadline
 */
export function transition(collection: Collection, event: CollectionEvent, now: string): Step {
  if (stageOf(collection.status) === 'ended') return absorb(collection);
  switch (event.type) {
    case 'looked up':
      return collection.status === 'received' ? planCollection(collection, event, now) : absorb(collection);
    case 'nothing to collect':
      return collection.status === 'received' ? skip(collection, event, now) : absorb(collection);
    case 'merged':
      return collection.status === 'received' ? merge(collection, event, now) : absorb(collection);
    case 'put off':
      return putOff(collection, event);
    case 'starting':
      return collection.status === 'planned' ? intend(collection, now) : absorb(collection);
    case 'not started':
      return collection.status === 'starting' ? returnToPlan(collection, event) : absorb(collection);
    case 'refused':
      return collection.status === 'starting' ? refuse(collection, event.reason, now) : absorb(collection);
    case 'started':
      return collection.status === 'starting' ? start(collection, event, now) : absorb(collection);
    case 'action seen':
      return collection.status === 'running' ? see(collection, event, now) : absorb(collection);
    case 'action gone':
      return collection.status === 'running' ? loseAction(collection, event.reason, now) : absorb(collection);
    case 'result stored':
    case 'result missing':
    case 'copy tried':
      return collection.status === 'copying' ? settleCopy(collection, event, now) : absorb(collection);
    case 'manifest written':
      return collection.status === 'sealing' ? writeManifest(collection, event.sha256) : absorb(collection);
    case 'sealed':
      return collection.status === 'sealing' ? endSealed(collection, event.tagmanifestSha256, now) : absorb(collection);
    case 'deadline passed':
      return now < collection.deadline ? absorb(collection) : passDeadline(collection, now);
    default: {
      const unknown: never = event;
      throw new Error(`Unknown event ${JSON.stringify(unknown)}.`);
    }
  }
}

const COLLECTOR = 'collector';

function absorb(collection: Collection): Step {
  return { collection, facts: [], effects: [] };
}

function fact(event: string, detail: CustodyFact['detail']): CustodyFact {
  return { event, actor: COLLECTOR, detail };
}

type EventOf<T extends CollectionEvent['type']> = Extract<CollectionEvent, { readonly type: T }>;

function planCollection(collection: CollectionIn<'received'>, event: EventOf<'looked up'>, now: string): Step {
  const { alert, machine, plan } = event;
  const results = plan.sessions.flatMap((session, number) => expectResults(session, number));
  const next: Collection = {
    ...collection,
    ...describeAlert(collection, alert, machine),
    status: 'planned',
    machineId: machine.id,
    plan,
    progress: { session: 0, attempt: 0 },
    notBefore: now,
    tries: 0,
    reason: null,
    documents: event.documents,
    results,
  };
  return { collection: next, facts: [...event.documents.map(documentFact), planFact(plan)], effects: [] };
}

function documentFact(document: PackedDocument): CustodyFact {
  return fact('document stored', { path: document.path, sha256: document.sha256, bytes: document.bytes });
}

function planFact(plan: Plan): CustodyFact {
  return fact('planned', {
    profile: plan.profileId,
    profileSha256: plan.profileSha256,
    scripts: plan.scripts.map((script) => `${script.name} ${script.sha256}`).join(', '),
    commands: plan.sessions.reduce((count, session) => count + session.commands.length, 0),
    filesNotRequested: plan.filesNotRequested,
  });
}

function describeAlert(
  collection: CollectionBasis,
  alert: EventOf<'nothing to collect'>['alert'],
  machine: EventOf<'nothing to collect'>['machine'],
) {
  return {
    incidentId: alert?.incidentId ?? collection.incidentId,
    tenantId: alert?.tenantId ?? collection.tenantId,
    severity: alert?.severity ?? collection.severity,
    title: alert?.title.slice(0, 300) ?? collection.title,
    machineName: machine?.name ?? collection.machineName,
  };
}

function skip(collection: CollectionIn<'received'>, event: EventOf<'nothing to collect'>, now: string): Step {
  const { reason, alert, machine } = event;
  const machineId = machine?.id ?? collection.machineId;
  const next: Collection = {
    ...collection,
    ...describeAlert(collection, alert, machine),
    machineId,
    status: 'skipped',
    endedAt: now,
    reason,
  };
  return { collection: next, facts: [fact('skipped', { reason })], effects: [{ type: 'close' }] };
}

function merge(collection: CollectionIn<'received'>, event: EventOf<'merged'>, now: string): Step {
  const { into, machineId } = event;
  const reason = `This alert on this machine is collected as ${into}.`;
  const next: Collection = { ...collection, machineId, status: 'merged', mergedInto: into, endedAt: now, reason };
  return { collection: next, facts: [fact('merged', { into })], effects: [{ type: 'close' }] };
}

function putOff(collection: Collection, event: EventOf<'put off'>): Step {
  const { notBefore, reason } = event;
  const next: Collection = { ...collection, notBefore, reason, tries: collection.tries + 1 };
  return {
    collection: next,
    facts: reason === collection.reason ? [] : [fact('put off', { reason, notBefore })],
    effects: [],
  };
}

function intend(collection: CollectionIn<'planned'>, now: string): Step {
  const progress = { session: collection.progress.session, attempt: collection.progress.attempt + 1 };
  const next: Collection = { ...collection, status: 'starting', progress, startingAt: now, reason: null };
  const comment = writeComment({ collectionId: collection.id, ...progress });
  return { collection: next, facts: [fact('starting', { comment, machine: collection.machineId })], effects: [] };
}

function returnToPlan(collection: CollectionIn<'starting'>, event: EventOf<'not started'>): Step {
  const { startingAt: _, ...rest } = collection;
  const { notBefore, reason } = event;
  const next: Collection = { ...rest, status: 'planned', notBefore, reason, tries: collection.tries + 1 };
  return { collection: next, facts: [fact('not started', { reason, notBefore })], effects: [giveUpTurn(collection)] };
}

function refuse(collection: CollectionIn<'starting'>, reason: string, now: string): Step {
  const onward = giveUpResults(collection, 'session', reason, now);
  return moveOn({ ...onward.collection, reason }, onward, [fact('refused', { reason })], [giveUpTurn(collection)]);
}

function start(collection: CollectionIn<'starting'>, event: EventOf<'started'>, now: string): Step {
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
    cancelAskedAt: null,
    reason: null,
    tries: 0,
  };
  return { collection: next, facts: [fact('started', { action: action.id, status: action.status })], effects: [] };
}

function see(collection: CollectionIn<'running'>, event: EventOf<'action seen'>, now: string): Step {
  const { action } = event;
  if (action.id !== collection.actionId) return absorb(collection);
  if (phaseOf(action.status) === 'open') {
    const isNews = collection.actionStatus === 'Pending' && action.status === 'InProgress';
    if (!isNews) return absorb(collection);
    const next: Collection = { ...collection, actionStatus: action.status };
    return { collection: next, facts: [fact('in progress', { action: action.id })], effects: [] };
  }
  const onward = endSession(collection, action, now);
  const said = action.commands.map((command) => `${command.index} ${command.type} ${command.status}`).join(', ');
  return moveOn(
    onward.collection,
    onward,
    [fact('action ended', { action: action.id, status: action.status, commands: said })],
    [giveUpTurn(collection)],
  );
}

function loseAction(collection: CollectionIn<'running'>, reason: string, now: string): Step {
  const onward = giveUpResults(collection, 'session', reason, now);
  return moveOn(
    { ...onward.collection, reason },
    onward,
    [fact('action gone', { action: collection.actionId, reason })],
    [giveUpTurn(collection)],
  );
}

function settleCopy(
  collection: CollectionIn<'copying'>,
  event: EventOf<'result stored'> | EventOf<'result missing'> | EventOf<'copy tried'>,
  now: string,
): Step {
  const result = findResult(collection.results, event);
  if (result?.status !== 'waiting') return absorb(collection);
  const { session, index } = event;
  const basis = { session, index, command: result.command, subject: result.subject, failure: result.failure };
  switch (event.type) {
    case 'copy tried': {
      const tries = result.tries + 1;
      const next = replaceResult(collection, { ...result, since: now, tries });
      const effects: Effect[] = [{ type: 'write ticket', session, index, attempt: tries + 1 }];
      return {
        collection: { ...next, reason: event.reason },
        facts: [fact('copy put off', { session, index, tries, reason: event.reason })],
        effects,
      };
    }
    case 'result stored': {
      const { path, sha256, bytes } = event.item;
      const onward = goOn(replaceResult(collection, { ...basis, status: 'stored', item: event.item }), now);
      return moveOn(
        { ...onward.collection, reason: null },
        onward,
        [fact('result stored', { session, index, path, sha256, bytes })],
        [],
      );
    }
    case 'result missing': {
      const failure = result.failure ?? event.reason;
      const onward = goOn(replaceResult(collection, { ...basis, failure, status: 'missing' }), now);
      return moveOn(onward.collection, onward, [fact('result missing', { session, index, reason: event.reason })], []);
    }
    default: {
      const unknown: never = event;
      throw new Error(`Unknown event ${JSON.stringify(unknown)}.`);
    }
  }
}

function findResult(results: readonly Result[], key: ResultKey): Result | undefined {
  return results.find((result) => result.session === key.session && result.index === key.index);
}

function replaceResult(collection: CollectionIn<'copying'>, changed: Result): CollectionIn<'copying'> {
  const results = collection.results.map((result) =>
    result.session === changed.session && result.index === changed.index ? changed : result,
  );
  return { ...collection, results };
}

function writeManifest(collection: CollectionIn<'sealing'>, sha256: string): Step {
  if (collection.manifest !== null) return absorb(collection);
  const next: Collection = { ...collection, manifest: { sha256, custodyNumber: collection.custody.count + 1 } };
  return {
    collection: next,
    facts: [fact('sealing', { manifestSha256: sha256, outcome: collection.outcome })],
    effects: [],
  };
}

function endSealed(collection: CollectionIn<'sealing'>, tagmanifestSha256: string, now: string): Step {
  if (collection.manifest === null) return absorb(collection);
  const { manifest, outcome, sealedAt, progress: _, ...rest } = collection;
  const sealed = {
    manifestSha256: manifest.sha256,
    tagmanifestSha256,
    sealedAt,
    custodyNumber: manifest.custodyNumber,
  };
  const next: Collection = { ...rest, status: outcome, endedAt: now, sealed };
  return { collection: next, facts: [fact('ended', { outcome, tagmanifestSha256 })], effects: [{ type: 'close' }] };
}

function giveUpTurn(collection: CollectionIn<'starting'> | CollectionIn<'running'>): Effect {
  return { type: 'give up the turn', machineId: collection.machineId, ...collection.progress };
}

function moveOn(
  collection: Collection,
  onward: Onward,
  facts: readonly CustodyFact[],
  effects: readonly Effect[],
): Step {
  return { collection, facts, effects: [...effects, ...onward.effects] };
}
