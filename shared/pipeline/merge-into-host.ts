import type { Alert, RelatedFile } from '../domain/alert.ts';
import type { CollectionIn } from '../domain/collection.ts';
import { judgeCoolDown } from '../domain/cool-down.ts';
import type { Machine } from '../domain/machine.ts';
import { makePlan } from '../domain/make-plan.ts';
import { judgeNewcomer, requestedFiles } from '../domain/merge-alert.ts';
import type { Plan } from '../domain/plan.ts';
import { applyEvent } from './apply-event.ts';
import { loadReadable } from './load-readable.ts';
import type { Ports } from './ports.ts';

/** What a newcomer on a machine comes to: merged into another collection, on its own, or not to be decided yet. */
export type Hosted =
  | { readonly hosted: 'merged'; readonly into: string; readonly reason: string }
  | { readonly hosted: 'left alone'; readonly reason: string }
  | { readonly hosted: 'on its own' | 'not yet' };

/** A newcomer that was looked up and planned. */
export interface PlannedNewcomer {
  readonly collection: CollectionIn<'received'>;
  readonly alert: Alert;
  readonly machine: Machine;
  readonly plan: Plan;
  /** For how long after a collection of its profile a machine is left alone, null for not at all. */
  readonly coolDownMinutes: number | null;
}

const MOST_TRIES = 5;

/** Finds the collection that stands for a newcomer's machine and merges into it as far as that loses nothing; else the newcomer becomes that collection. */
export async function mergeIntoHost(ports: Ports, newcomer: PlannedNewcomer): Promise<Hosted> {
  const { collection, alert, machine, plan } = newcomer;
  const machineId = machine.id.toLowerCase();
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const hostId = await ports.lanes.readHost(machineId);
    if (hostId === collection.id) return { hosted: 'on its own' };
    const host = hostId === null ? null : await loadReadable(ports, hostId);
    const asks = { collectionId: collection.id, severity: alert.severity, plan };
    const judged = judgeNewcomer(host, asks, ports.now().toISOString(), ports.mergeMinutes);
    if (host !== null && judged.decision === 'merge') return { hosted: 'merged', into: host.id, reason: judged.reason };
    if (judged.decision === 'wait') return { hosted: 'not yet' };
    const ask = { profileId: plan.profileId, severity: alert.severity, coolDownMinutes: newcomer.coolDownMinutes };
    const cooled = judged.decision === 'own turn' ? judgeCoolDown(host, ask, ports.now().toISOString()) : null;
    if (cooled !== null) return { hosted: 'left alone', reason: cooled };
    if (host !== null && host.status === 'planned' && judged.decision === 'unite') {
      const united = await unite(ports, newcomer, host);
      if (united === 'no') return own(ports, machineId, hostId, collection.id);
      continue;
    }
    const now = await own(ports, machineId, hostId, collection.id);
    if (now.hosted === 'on its own') return now;
  }
  return { hosted: 'not yet' };
}

async function own(ports: Ports, machineId: string, before: string | null, id: string): Promise<Hosted> {
  const host = await ports.lanes.becomeHost(machineId, before, id);
  return { hosted: host === id ? 'on its own' : 'not yet' };
}

/** Plans the host anew with the files of both; `no` when they do not fit into one plan. */
async function unite(
  ports: Ports,
  { collection, alert, machine, plan }: PlannedNewcomer,
  host: CollectionIn<'planned'>,
): Promise<'tried' | 'no'> {
  const reviewed = await ports.content.scripts();
  const scripts = new Map([...reviewed].map(([name, script]) => [name, script.sha256]));
  const files = [...listFiles(host.plan), ...alert.files];
  const profiles = (await ports.content.profiles()).filter((profile) => profile.id === plan.profileId);
  const denyList = await ports.content.denyList();
  const now = ports.now().toISOString();
  const united = { ...alert, files };
  const planning = makePlan({ collectionId: host.id, alert: united, machine, now, profiles, denyList, scripts });
  if (planning.planning === 'none') return 'no';
  const lost = planning.plan.filesNotRequested > host.plan.filesNotRequested + plan.filesNotRequested;
  if (lost || planning.plan.profileSha256 !== host.plan.profileSha256) return 'no';
  const { severity } = alert;
  await applyEvent(ports, host.id, { type: 'files united', from: collection.id, severity, plan: planning.plan });
  return 'tried';
}

function listFiles(plan: Plan): readonly RelatedFile[] {
  return [...requestedFiles(plan)].map(([path, sha256]) => ({
    path,
    sha1: null,
    sha256: sha256 === '' ? null : sha256,
    md5: null,
    sizeBytes: null,
  }));
}
