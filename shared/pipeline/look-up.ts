import type { Alert, RelatedFile } from '../domain/alert.ts';
import { offerProfiles } from '../domain/asked.ts';
import type { CollectionIn, PackedDocument } from '../domain/collection.ts';
import type { CollectionEvent } from '../domain/collection-event.ts';
import { type DocumentName, placeDocument } from '../domain/evidence-path.ts';
import { identifyCollection } from '../domain/identity.ts';
import { judgeSubmission } from '../domain/judge-submission.ts';
import type { Machine } from '../domain/machine.ts';
import { makePlan, type Planning } from '../domain/make-plan.ts';
import type { OpenEntry } from '../domain/open-entry.ts';
import { mergeFiles } from '../domain/merge-files.ts';
import type { Plan } from '../domain/plan.ts';
import { planRetry } from '../domain/plan-retry.ts';
import { applyEvent } from './apply-event.ts';
import { later } from './back-off.ts';
import { judgeOwnRun } from './judge-own-run.ts';
import { mergeIntoHost } from './merge-into-host.ts';
import { packPlan } from './pack-plan.ts';
import type { Ports } from './ports.ts';

/** What Defender does not know yet may be too new: it is asked for again for half a minute. */
const FRESH_MS = 30_000;
const ASK_AGAIN_MS = 10_000;
const AFTER_OTHERS_MS = 5_000;

/** Looks up alert, machine and related files, and plans: what was looked up is written into the package before anything is run. */
export async function lookUp(
  ports: Ports,
  collection: CollectionIn<'received'>,
  open: readonly OpenEntry[] | null = null,
): Promise<CollectionEvent> {
  const { alertId } = collection;
  const foundAlert = await ports.defender.getAlert(alertId);
  if (foundAlert.outcome === 'not found')
    return answerUnknown(ports, collection, `Defender does not know alert ${alertId}.`, null);
  const { alert } = foundAlert;
  const nothing = (reason: string, machine: Machine | null = null): CollectionEvent => ({
    type: 'nothing to collect',
    reason,
    alert,
    machine,
  });

  if (
    ports.tenantId !== null &&
    alert.tenantId !== null &&
    alert.tenantId.toLowerCase() !== ports.tenantId.toLowerCase()
  ) {
    return nothing('The alert belongs to another tenant than the one this collector serves (DEFENDER_TENANT_ID).');
  }
  const refusal = judgeSubmission(collection.caller, alert.createdAt, ports.now().toISOString());
  if (refusal !== null) return nothing(refusal);
  const named = collection.asked?.about === 'one of its machines' ? collection.machineId : null;
  const machineId = (named ?? alert.machineId ?? collection.machineId)?.toLowerCase() ?? null;
  if (machineId === null) return nothing(`Alert ${alertId} names no machine, so there is nothing to collect from.`);
  if (collection.machineId !== null && collection.machineId !== machineId) {
    return nothing(
      `Alert ${alertId} is about machine ${machineId}, not ${collection.machineId} as the request said; nothing is run on either.`,
    );
  }
  const foundMachine = await ports.defender.getMachine(machineId);
  if (foundMachine.outcome === 'not found') {
    return answerUnknown(ports, collection, `Defender does not know machine ${machineId} of alert ${alertId}.`, alert);
  }
  const { machine } = foundMachine;

  const merged = (into: string, reason: string): CollectionEvent => ({ type: 'merged', into, reason, alert, machine });
  if (collection.retryOf === null) {
    const pair = identifyCollection(alert.id, machine.id.toLowerCase(), ports.sha256);
    const owner = await ports.collections.claimPair(pair, collection.id);
    if (owner !== collection.id) return merged(owner, `This alert on this machine is collected as ${owner}.`);
  }
  if (collection.retryOf === null) await wakeSilent(ports, open, machine.id.toLowerCase(), collection.id);

  const own = collection.retryOf === null ? await judgeOwnRun(ports, alert, machine.id.toLowerCase()) : null;
  if (own !== null) {
    ports.log({ event: 'own run', collection: collection.id, alert: alertId, by: own.collectionId });
    return nothing(own.reason, machine);
  }

  const foundFiles = await ports.defender.getAlertFiles(alertId);
  const profiles = foundFiles.outcome === 'found' ? foundFiles.files : [];
  const complete: Alert = { ...alert, files: [...mergeFiles(alert.files, profiles), ...askedFiles(collection)] };
  const planning = await planFor(ports, collection, complete, machine);
  if (planning.planning === 'none') {
    if (planning.why === 'denied' && alert.severity === 'High')
      ports.log({ event: 'denied high alert', collection: collection.id, alert: alertId, machine: machine.id });
    return nothing(planning.reason, machine);
  }
  const { plan } = planning;
  if (ports.mode === 'observe') return nothing(describeObserved(plan, machine), machine);
  if (collection.retryOf === null) {
    const coolDownMinutes = planning.profile.limits?.coolDownMinutes ?? null;
    const hosted = await mergeIntoHost(ports, { collection, alert: complete, machine, plan, coolDownMinutes });
    if (hosted.hosted === 'left alone') return nothing(hosted.reason, machine);
    if (hosted.hosted === 'merged') return merged(hosted.into, hosted.reason);
    if (hosted.hosted === 'not yet') {
      const reason = 'Another alert on this machine is being planned; this one is planned right after it.';
      return { type: 'put off', while: 'received', notBefore: later(ports, AFTER_OTHERS_MS), reason };
    }
  }

  const raw = {
    alert: foundAlert.raw,
    machine: foundMachine.raw,
    files: foundFiles.outcome === 'found' ? foundFiles.raw : '{"value":[]}',
  };
  return writeDocuments(ports, collection.id, { alert: complete, machine, plan }, raw);
}

/** What Defender does not know may be too new to be known; later there is nothing to collect. */
export function answerUnknown(
  ports: Ports,
  collection: CollectionIn<'received'>,
  reason: string,
  alert: Alert | null,
): CollectionEvent {
  if (ports.now().getTime() < Date.parse(collection.receivedAt) + FRESH_MS) {
    return {
      type: 'put off',
      while: 'received',
      notBefore: later(ports, ASK_AGAIN_MS),
      reason: `${reason} It may be too new, and is asked for again.`,
    };
  }
  return { type: 'nothing to collect', reason, alert, machine: null };
}

/** The files that whoever started the collection named, of which nothing but the path is known. */
export function askedFiles({ asked }: CollectionIn<'received'>): readonly RelatedFile[] {
  return (asked?.files ?? []).map((path) => ({ path, sha1: null, sha256: null, md5: null, sizeBytes: null }));
}

/** Plans by the first profile that matches, or by the chosen one; of a retry only what was missing. */
export async function planFor(
  ports: Ports,
  { id, retryOf, asked }: CollectionIn<'received'>,
  alert: Alert,
  machine: Machine,
): Promise<Planning> {
  const reviewed = await ports.content.scripts();
  const scripts = new Map([...reviewed].map(([name, script]) => [name, script.sha256]));
  const wanted = asked?.profileId ?? null;
  const profiles = offerProfiles(await ports.content.profiles(), wanted);
  if (profiles.length === 0 && wanted !== null)
    return {
      planning: 'none',
      why: 'nothing fits',
      reason: `There is no profile ${wanted}; nothing is run by another one.`,
    };
  const denyList = await ports.content.denyList();
  const now = ports.now().toISOString();
  const planning = makePlan({ collectionId: id, alert, machine, now, profiles, denyList, scripts });
  if (retryOf === null || planning.planning === 'none') return planning;
  const original = (await ports.collections.load(retryOf))?.collection;
  return original === undefined ? planning : { ...planning, plan: planRetry(planning.plan, original) };
}

/** An alert shows that its machine reports: what waits for the machine because it was silent need wait no longer. */
async function wakeSilent(
  ports: Ports,
  open: readonly OpenEntry[] | null,
  machineId: string,
  collectionId: string,
): Promise<void> {
  const entries = open ?? (await ports.collections.listOpen());
  const silent = entries.filter((entry) => entry.machineId === machineId && entry.reach === 'silent');
  for (const { id } of silent) if (id !== collectionId) await applyEvent(ports, id, { type: 'machine reported' });
}

/** Writes what was looked up, and then the plan, into the package. */
export async function writeDocuments(
  ports: Ports,
  collectionId: string,
  { alert, machine, plan }: { readonly alert: Alert; readonly machine: Machine; readonly plan: Plan },
  raw: Readonly<Partial<Record<DocumentName, string>>>,
): Promise<CollectionEvent> {
  const documents: PackedDocument[] = [];
  for (const name of ['alert', 'request', 'machine', 'files'] as const) {
    const text = raw[name];
    if (text === undefined) continue;
    const path = placeDocument(name);
    const stored = await ports.evidence.putText(collectionId, path, text);
    documents.push({ path, bytes: stored.bytes, sha256: stored.sha256 });
  }
  const profiles = await ports.content.profiles();
  const when = profiles.find(({ id }) => id === plan.profileId)?.when ?? {};
  const packed = await packPlan(ports, collectionId, plan, { alert, machine, when });
  return { type: 'looked up', alert, machine, plan: packed.plan, documents: [...documents, packed.document] };
}

/** What would have been run, in a sentence. */
export function describeObserved(plan: Plan, machine: Machine): string {
  const scripts = plan.scripts.map((script) => script.name).join(', ');
  return `MODE is observe, so nothing is run: profile ${plan.profileId} would have run ${scripts} on ${machine.name ?? machine.id}.`;
}
