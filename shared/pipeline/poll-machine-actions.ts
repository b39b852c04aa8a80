import type { CollectionStatus } from '../domain/collection.ts';
import type { MachineAction } from '../domain/machine-action.ts';
import { advance } from './advance.ts';
import type { Ports } from './ports.ts';
import { pruneLeases } from './prune-leases.ts';

const AT_ONCE = 4;

/** What one poll saw: how many collections are open in which status. */
export interface Polled {
  readonly open: number;
  readonly statuses: Readonly<Partial<Record<CollectionStatus, number>>>;
}

/** One poll: a heartbeat, one list call for all running actions, then every open collection as far as it goes, the most severe first. */
export async function pollMachineActions(ports: Ports): Promise<Polled> {
  const startedMs = ports.now().getTime();
  const rows = await ports.collections.listOpen();
  const open = rows.map((row) => row.id);
  await pruneLeases(ports);
  const sightings = ports.mode === 'off' ? new Map<string, MachineAction>() : await sightActions(ports, open);
  const statuses: Partial<Record<CollectionStatus, number>> = {};
  if (ports.mode !== 'off') {
    await inOrder(rows, async ({ id, receivedAt }) => {
      const status = await advanceAlone(ports, id, sightings);
      if (status !== null) statuses[status] = (statuses[status] ?? 0) + 1;
      else await dropOrphan(ports, id, receivedAt);
    });
  }
  await ports.beat(ports.now().toISOString(), statuses);
  ports.log({
    event: 'poll',
    open: open.length,
    running: sightings.size,
    durationMs: ports.now().getTime() - startedMs,
  });
  return { open: open.length, statuses };
}

async function sightActions(ports: Ports, open: readonly string[]): Promise<Map<string, MachineAction>> {
  const ids: string[] = [];
  for (const id of open) {
    const loaded = await ports.collections.load(id);
    if (loaded?.collection.status === 'running') ids.push(loaded.collection.actionId);
  }
  if (ids.length === 0) return new Map();
  try {
    const actions = await ports.defender.listActions({ ids });
    return new Map(actions.map((action) => [action.id, action]));
  } catch (fault) {
    ports.log({ event: 'fault', step: 'list machine actions', code: ports.explain(fault).code });
    return new Map();
  }
}

async function advanceAlone(
  ports: Ports,
  id: string,
  sightings: ReadonlyMap<string, MachineAction>,
): Promise<CollectionStatus | null> {
  try {
    return (await advance(ports, id, sightings))?.status ?? null;
  } catch (fault) {
    ports.log({ event: 'fault', collection: id, code: ports.explain(fault).code });
    return null;
  }
}

/** Drops an index row whose collection was never stored; a door that is still at it is given an hour. */
async function dropOrphan(ports: Ports, id: string, receivedAt: string): Promise<void> {
  const isOld = ports.now().getTime() - Date.parse(receivedAt) > 3_600_000;
  if (isOld && (await ports.collections.load(id)) === null) await ports.collections.close(id);
}

async function inOrder<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
