import { type CollectionStatus, stageOf } from '../../shared/domain/collection.ts';
import { identifyCollection } from '../../shared/domain/identity.ts';
import { readComment } from '../../shared/domain/machine-action.ts';
import { pollMachineActions } from '../../shared/pipeline/poll-machine-actions.ts';
import type { LogLine, Ports } from '../../shared/pipeline/ports.ts';
import { receiveAlerts } from '../../shared/pipeline/receive-alerts.ts';
import { makeWorld } from '../../test/memory/world.ts';
import { endOf } from './modelled-action.ts';
import { type ModelledDefender, openDefender } from './modelled-defender.ts';
import { type Outcome, placeOf, type Served } from './outcome.ts';
import { answersFrom, HOUR_MS, type Storm } from './storm.ts';
import { openStormPorts } from './storm-ports.ts';
import { startVirtualTime, type VirtualTime } from './virtual-time.ts';

/** The app's own timer, as shipped. */
const TICK_MS = 15_000;
/** No collection lives longer. */
const LONGEST_MS = 80 * HOUR_MS;

/** What came of a storm in the real pipeline, the modelled Defender that it met, and everything it logged. */
export interface OursRun {
  readonly outcome: Outcome;
  readonly defender: ModelledDefender;
  readonly logs: readonly LogLine[];
}

/**
 * Works a storm through with the real pipeline in virtual time: its doors, its timer and its copies by ticket, on state in
 * memory. It is over when nothing is open any more but what waits for machines that never answer.
 */
export async function runOurs(storm: Storm): Promise<OursRun> {
  const time = startVirtualTime();
  const defender = openDefender(storm, time.nowMs);
  const { ports: memory } = makeWorld();
  const logs: LogLine[] = [];
  const open = new Map<string, string>();
  const log = (line: LogLine): void => {
    logs.push(line);
    followOpen(open, line);
  };
  const ports = openStormPorts({ memory, storm, time, defender, log });
  const arrivals = receiveStorm(storm, ports, time);
  time.begin(async () => {
    for (;;) {
      // A timer that is still at work at its next turn lets that turn pass.
      await time.wait(TICK_MS - (time.nowMs() % TICK_MS));
      await pollMachineActions(ports);
    }
  });
  await time.run(() => {
    if (time.nowMs() > LONGEST_MS) return 'over';
    if (arrivals.open > 0) return 'goes on';
    for (const machineId of open.values())
      if (answersFrom(storm, machineId) < Number.POSITIVE_INFINITY) return 'goes on';
    return 'over';
  });
  const served = await findServed(storm, memory, defender);
  return {
    outcome: { name: 'ours', served, places: defender.actions.map(placeOf), calls: defender.calls },
    defender,
    logs,
  };
}

/** Each alert comes by a POST of its own, which names machine and severity. */
function receiveStorm(storm: Storm, ports: Ports, time: VirtualTime): { readonly open: number } {
  const arrivals = { open: storm.alerts.length };
  const receipts = { writeReceipt: async () => undefined };
  for (const { id, arrivesAtMs, machineId, severity } of storm.alerts) {
    time.begin(async () => {
      await time.wait(arrivesAtMs);
      await receiveAlerts(ports, receipts, [{ alertId: id, machineId, severity }], 'http');
      arrivals.open -= 1;
    });
  }
  return arrivals;
}

/** Keeps which collections are open, and on which machine. */
function followOpen(open: Map<string, string>, { event, collection, machine, to }: LogLine): void {
  if (typeof collection !== 'string' || typeof machine !== 'string') return;
  if (event === 'received') open.set(collection, machine);
  if (event === 'transition' && stageOf(to as CollectionStatus) === 'ended') open.delete(collection);
}

/** For each alert, when a session of the collection that covers it was taken up. */
async function findServed(storm: Storm, ports: Ports, defender: ModelledDefender): Promise<readonly Served[]> {
  const takenUp = new Map<string, number>();
  for (const action of defender.actions) {
    const id = readComment(action.request.comment)?.collectionId ?? '';
    if (endOf(action).status === 'Succeeded' && !takenUp.has(id)) takenUp.set(id, action.takenUpAtMs);
  }
  return Promise.all(
    storm.alerts.map(async (alert) => {
      const host = await findHost(ports, identifyCollection(alert.id, alert.machineId, ports.sha256));
      return { alert, atMs: takenUp.get(host) ?? null };
    }),
  );
}

/** The collection that stands for another one in the end. */
async function findHost(ports: Ports, id: string): Promise<string> {
  const collection = (await ports.collections.load(id))?.collection;
  return collection?.status === 'merged' ? findHost(ports, collection.mergedInto) : id;
}
