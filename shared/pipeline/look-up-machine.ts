import type { Alert } from '../domain/alert.ts';
import type { CollectionIn } from '../domain/collection.ts';
import type { CollectionEvent } from '../domain/collection-event.ts';
import { identifyCollection } from '../domain/identity.ts';
import { answerUnknown, askedFiles, describeObserved, planFor, writeDocuments } from './look-up.ts';
import type { Ports } from './ports.ts';

/**
 * Looks up the machine of a collection that no alert of Defender is about, and plans. It was asked for on purpose, so it is
 * merged into no other on its machine, and takes its turn there.
 */
export async function lookUpMachine(ports: Ports, collection: CollectionIn<'received'>): Promise<CollectionEvent> {
  const named = await resolveMachine(ports, collection);
  if (named.outcome === 'no') return answerUnknown(ports, collection, named.reason, null);
  const found = await ports.defender.getMachine(named.machineId);
  if (found.outcome === 'not found')
    return answerUnknown(ports, collection, `Defender does not know machine ${named.machineId}.`, null);
  const { machine } = found;
  const alert = describeRequest(ports, collection);
  if (collection.retryOf === null) {
    const pair = identifyCollection(collection.alertId, machine.id.toLowerCase(), ports.sha256);
    const into = await ports.collections.claimPair(pair, collection.id);
    const reason = `This request on this machine is collected as ${into}.`;
    if (into !== collection.id) return { type: 'merged', into, reason, alert, machine };
  }
  const planning = await planFor(ports, collection, alert, machine);
  const nothing = (reason: string): CollectionEvent => ({ type: 'nothing to collect', reason, alert, machine });
  if (planning.planning === 'none') return nothing(planning.reason);
  if (ports.mode === 'observe') return nothing(describeObserved(planning.plan, machine));
  return writeDocuments(
    ports,
    collection.id,
    { alert, machine, plan: planning.plan },
    { request: writeRequest(collection), machine: found.raw },
  );
}

type Resolved =
  | { readonly outcome: 'machine'; readonly machineId: string }
  | { readonly outcome: 'no'; readonly reason: string };

/** The machine by its id, or the only one that has its name. */
async function resolveMachine(ports: Ports, { machineId, asked }: CollectionIn<'received'>): Promise<Resolved> {
  if (machineId !== null) return { outcome: 'machine', machineId };
  const name = asked?.machineName ?? null;
  if (name === null) return { outcome: 'no', reason: 'The request names no machine.' };
  const found = await ports.defender.findMachinesByName(name);
  // A machine that was set up anew leaves its former self behind, which reports no more.
  const active = found.filter((machine) => machine.healthStatus === 'Active');
  const [only, ...others] = active.length === 1 ? active : found;
  if (only === undefined) return { outcome: 'no', reason: `Defender knows no machine named ${name}.` };
  if (others.length === 0) return { outcome: 'machine', machineId: only.id.toLowerCase() };
  const reason = `Defender knows ${found.length} machines named ${name}; nothing is run on any. Ask again with the machine's id.`;
  return { outcome: 'no', reason };
}

/** What planning reads of an alert, where there is none. */
function describeRequest(ports: Ports, collection: CollectionIn<'received'>): Alert {
  return {
    id: collection.alertId,
    incidentId: null,
    tenantId: ports.tenantId,
    machineId: collection.machineId,
    severity: collection.severity,
    title: 'Asked for without an alert of Defender',
    category: '',
    detectionSource: '',
    createdAt: collection.receivedAt,
    files: askedFiles(collection),
  };
}

function writeRequest({ alertId, receivedAt, receivedFrom, machineId, asked }: CollectionIn<'received'>): string {
  return `${JSON.stringify({ key: alertId, receivedAt, receivedFrom, machineId, asked }, null, 2)}\n`;
}
