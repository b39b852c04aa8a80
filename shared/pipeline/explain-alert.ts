import type { Alert, AlertReference } from '../domain/alert.ts';
import { type ExpectedWait, estimateWait } from '../domain/cost-plan.ts';
import { explainPlan, type PlanExplanation } from '../domain/explain-plan.ts';
import { identifyCollection } from '../domain/identity.ts';
import type { LibraryFile } from '../domain/library-file.ts';
import { mergeFiles } from '../domain/merge-files.ts';
import type { StartLimits } from '../domain/start-quota.ts';
import { judgeOwnRun } from './judge-own-run.ts';
import type { Ports } from './ports.ts';

/** What would be done for an alert, and how long it would wait; or why nobody can say. */
export type ExplainedAlert =
  | ({
      readonly alertId: string;
      /** The collection that the alert has already, null while it has none: then nothing more would be done. */
      readonly collection: { readonly id: string; readonly status: string } | null;
      readonly expectedWait: ExpectedWait | null;
    } & PlanExplanation)
  | { readonly alertId: string; readonly outcome: 'would collect nothing'; readonly reason: string };

/** Looks an alert up and says what would be done: it reads, and writes and starts nothing. */
export async function explainAlert(
  ports: Ports,
  limits: StartLimits,
  { alertId, machineId: namedId }: AlertReference,
): Promise<ExplainedAlert> {
  const nothing = (reason: string): ExplainedAlert => ({ alertId, outcome: 'would collect nothing', reason });
  const found = await ports.defender.getAlert(alertId);
  if (found.outcome === 'not found') return nothing(`Defender does not know alert ${alertId}.`);
  const { tenantId } = found.alert;
  if (ports.tenantId !== null && tenantId !== null && tenantId.toLowerCase() !== ports.tenantId.toLowerCase())
    return nothing('The alert belongs to another tenant than the one this collector serves (DEFENDER_TENANT_ID).');
  const machineId = (found.alert.machineId ?? namedId)?.toLowerCase() ?? null;
  if (machineId === null) return nothing(`Alert ${alertId} names no machine, so there is nothing to collect from.`);
  if (namedId !== null && namedId !== machineId)
    return nothing(`Alert ${alertId} is about machine ${machineId}, not ${namedId} as the request said.`);
  const machine = await ports.defender.getMachine(machineId);
  if (machine.outcome === 'not found')
    return nothing(`Defender does not know machine ${machineId} of alert ${alertId}.`);
  const files = await ports.defender.getAlertFiles(alertId);
  const alert: Alert = {
    ...found.alert,
    files: mergeFiles(found.alert.files, files.outcome === 'found' ? files.files : []),
  };
  const own = await judgeOwnRun(ports, alert, machineId);
  if (own !== null) return nothing(own.reason);
  const collectionId = identifyCollection(alertId, namedId, ports.sha256);
  const [profiles, denyList, scripts, loaded] = await Promise.all([
    ports.content.profiles(),
    ports.content.denyList(),
    ports.content.scripts(),
    ports.collections.load(collectionId),
  ]);
  const now = ports.now().toISOString();
  const hashes = new Map([...scripts].map(([name, script]) => [name, script.sha256]));
  const input = { collectionId, alert, machine: machine.machine, now, profiles, denyList, scripts: hashes };
  const explanation = explainPlan(input, await listLibrary(ports));
  const expectedWait =
    explanation.outcome === 'would collect'
      ? estimateWait(await ports.governor.findRoom(), limits, await ports.collections.listOpen(), {
          severity: alert.severity,
          now,
        })
      : null;
  const known = loaded === null ? null : { id: loaded.collection.id, status: loaded.collection.status };
  return { alertId, collection: known, expectedWait, ...explanation };
}

/** The library, null when it cannot be read: what would be planned can be told without it. */
async function listLibrary(ports: Ports): Promise<readonly LibraryFile[] | null> {
  try {
    return await ports.defender.listLibrary();
  } catch (fault) {
    ports.log({ event: 'fault', code: ports.explain(fault).code, while: 'planning' });
    return null;
  }
}
