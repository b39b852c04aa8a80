import { rankSeverity } from './alert.ts';
import type { Collection, CollectionBasis, CollectionIn, PackedDocument } from './collection.ts';
import type { EventOf } from './collection-event.ts';
import type { CustodyFact } from './custody.ts';
import type { Plan } from './plan.ts';
import { expectResults } from './result.ts';
import { absorb, noteFact, type Step } from './step.ts';

/** A received collection that was looked up: its plan, and the results it is expected to leave. */
export function planCollection(collection: CollectionIn<'received'>, event: EventOf<'looked up'>, now: string): Step {
  const { alert, machine, plan } = event;
  const results = plan.sessions.flatMap((session, number) => expectResults(session, number));
  const next: Collection = {
    ...collection,
    ...describeAlert(collection, alert, machine),
    status: 'planned',
    machineId: machine.id.toLowerCase(),
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
  return noteFact('document stored', { path: document.path, sha256: document.sha256, bytes: document.bytes });
}

function planFact(plan: Plan): CustodyFact {
  return noteFact('planned', {
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
    title: alert?.title.slice(0, 300).toWellFormed() ?? collection.title,
    machineName: machine?.name?.slice(0, 300).toWellFormed() ?? collection.machineName,
  };
}

/** A received collection of which nothing is to be collected. */
export function skip(collection: CollectionIn<'received'>, event: EventOf<'nothing to collect'>, now: string): Step {
  const { reason, alert, machine } = event;
  const machineId = machine?.id.toLowerCase() ?? collection.machineId;
  const next: Collection = {
    ...collection,
    ...describeAlert(collection, alert, machine),
    machineId,
    status: 'skipped',
    endedAt: now,
    reason,
  };
  return { collection: next, facts: [noteFact('skipped', { reason })], effects: [{ type: 'close' }] };
}

/** A received collection whose alert and machine another one has. */
export function mergeInto(collection: CollectionIn<'received'>, event: EventOf<'merged'>, now: string): Step {
  const { into, reason, alert, machine } = event;
  const machineId = machine.id.toLowerCase();
  const next: Collection = {
    ...collection,
    ...describeAlert(collection, alert, machine),
    machineId,
    status: 'merged',
    mergedInto: into,
    endedAt: now,
    reason,
  };
  return { collection: next, facts: [noteFact('merged', { into })], effects: [{ type: 'close' }] };
}

/** A planned collection of which nothing was sent yet: it takes in the files of another alert on its machine. */
export function uniteFiles(collection: CollectionIn<'planned'>, event: EventOf<'files united'>): Step {
  const { from, severity, plan } = event;
  const { session, attempt } = collection.progress;
  if (session !== 0 || attempt !== 0 || collection.calledOff !== null || collection.united.includes(from))
    return absorb(collection);
  const isMoreSevere = rankSeverity(severity) > rankSeverity(collection.severity);
  const next: Collection = {
    ...collection,
    severity: isMoreSevere ? severity : collection.severity,
    plan,
    results: plan.sessions.flatMap((sent, number) => expectResults(sent, number)),
    united: [...collection.united, from],
  };
  return { collection: next, facts: [noteFact('files united', { from, severity }), planFact(plan)], effects: [] };
}
