import type { CollectionStatus } from '../domain/collection.ts';
import type { MachineAction } from '../domain/machine-action.ts';
import { advance, goAlone, type Round } from './advance.ts';
import { copyLateResults } from './copy-late-results.ts';
import type { Ports } from './ports.ts';
import { pruneLeases } from './prune-leases.ts';
import type { Sightings } from './watch-action.ts';

const AT_ONCE = 4;
const ORPHAN_MS = 3_600_000;

/** What one poll saw: how many collections are open in which status. */
export interface Polled {
  readonly open: number;
  readonly statuses: Readonly<Partial<Record<CollectionStatus, number>>>;
}

/**
 * One poll: one list call for all running actions, then every open collection as far as it goes, the most severe first,
 * then the heartbeat, and last the copies that nobody else has made, as they may take long. A fault of one collection, of
 * the list, or of the leases stops none of the rest.
 */
export async function pollMachineActions(ports: Ports): Promise<Polled> {
  const startedMs = ports.now().getTime();
  const rows = await ports.collections.listOpen();
  const statuses: Partial<Record<CollectionStatus, number>> = {};
  const copying: string[] = [];
  if (ports.mode !== 'off') {
    await guard(ports, 'prune leases', () => pruneLeases(ports));
    const round: Round = { sightings: await sightActions(ports, rows), quota: 'free' };
    await inOrder(rows, async ({ id, receivedAt }) => {
      const status = await guard(
        ports,
        id,
        async () => (await advance(ports, id, round))?.status ?? (await dropOrphan(ports, id, receivedAt)),
      );
      if (status === null) return;
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (status === 'copying') copying.push(id);
    });
  }
  await ports.beat(ports.now().toISOString(), statuses);
  ports.log({
    event: 'poll',
    open: rows.length,
    copying: copying.length,
    durationMs: ports.now().getTime() - startedMs,
  });
  for (const id of copying) {
    const copied = await guard(ports, id, () => copyLateResults(ports, id));
    if (copied === 'copied') await guard(ports, id, () => advance(ports, id, goAlone()));
  }
  return { open: rows.length, statuses };
}

type OpenRows = Awaited<ReturnType<Ports['collections']['listOpen']>>;

async function sightActions(ports: Ports, rows: OpenRows): Promise<Sightings> {
  const ids: string[] = [];
  await inOrder(rows, async ({ id }) => {
    const loaded = await guard(ports, id, () => ports.collections.load(id));
    if (loaded?.collection.status === 'running') ids.push(loaded.collection.actionId);
  });
  if (ids.length === 0) return { list: 'answered', actions: new Map() };
  const actions = await guard(ports, 'list machine actions', () => ports.defender.listActions({ ids }));
  if (actions === null) return { list: 'not answered' };
  return { list: 'answered', actions: new Map(actions.map((action): [string, MachineAction] => [action.id, action])) };
}

/** Drops an index row whose collection was never stored; a door that is still at it is given an hour. */
async function dropOrphan(ports: Ports, id: string, receivedAt: string): Promise<null> {
  const isOld = !(ports.now().getTime() - Date.parse(receivedAt) <= ORPHAN_MS);
  if (isOld && (await ports.collections.load(id)) === null) await ports.collections.close(id);
  return null;
}

/** Does something whose fault must not stop the poll; the fault is logged by its code. */
async function guard<T>(ports: Ports, what: string, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (fault) {
    ports.log({ event: 'fault', at: what, code: ports.explain(fault).code });
    return null;
  }
}

async function inOrder<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
