import { type CollectionStatus, stageOf } from '../domain/collection.ts';
import { CRITICAL_RANK, compareUrgency, describeOpen, isSameEntry, type OpenEntry } from '../domain/open-entry.ts';
import { advance, goAlone, type Round } from './advance.ts';
import { copyLateResults } from './copy-late-results.ts';
import { dispatchWaiting } from './dispatch-waiting.ts';
import { inOrder } from './in-order.ts';
import { needsLook } from './needs-look.ts';
import type { Ports } from './ports.ts';
import { reconcileLeases } from './reconcile-leases.ts';
import { sightActions } from './sight-actions.ts';
import { viewLibrary } from './view-library.ts';
import { isPending, watchLibrary } from './watch-library.ts';

const AT_ONCE = 4;
const ORPHAN_MS = 3_600_000;
/** A poll begins no more copies after this. */
const COPY_BUDGET_MS = 60_000;

/** What one poll saw: how many collections are open, and how many were left in which status. */
export interface Polled {
  readonly open: number;
  readonly statuses: Readonly<Partial<Record<CollectionStatus, number>>>;
}

/**
 * One poll: one list call for all running actions, then every open collection that has something to do as far as it
 * goes, then the dispatch of those who wait, the most severe first, then the heartbeat, and last the copies that nobody
 * else has made, as they may take long. A fault of one collection, of the list, or of the leases stops none of the rest.
 */
export async function pollMachineActions(ports: Ports): Promise<Polled> {
  const startedMs = ports.now().getTime();
  const listed = await ports.collections.listOpen();
  const entries = ports.mode === 'off' ? listed : await goThrough(ports, listed);
  const statuses: Partial<Record<CollectionStatus, number>> = {};
  for (const { status } of entries) statuses[status] = (statuses[status] ?? 0) + 1;
  await ports.beat(ports.now().toISOString(), statuses);
  const copying = ports.mode === 'off' ? [] : entries.filter((entry) => entry.status === 'copying');
  ports.log({
    event: 'poll',
    open: listed.length,
    copying: copying.length,
    durationMs: ports.now().getTime() - startedMs,
  });
  for (const { id } of copying) {
    // The rest is left to the next poll, which must not wait for all of them.
    if (ports.now().getTime() - startedMs > COPY_BUDGET_MS) break;
    const copied = await guard(ports, id, () => copyLateResults(ports, id));
    if (copied === 'copied' || copied === 'copies no more')
      await guard(ports, id, () => advance(ports, id, goAlone(ports)));
  }
  return { open: listed.length, statuses };
}

/** Looks at what needs it and dispatches what waits; answers what is known of each afterwards. */
async function goThrough(ports: Ports, listed: readonly OpenEntry[]): Promise<readonly OpenEntry[]> {
  await guard(ports, 'reconcile leases', () => reconcileLeases(ports, listed));
  const sightings = await guard(ports, 'list machine actions', () => sightActions(ports, listed));
  // Listed after the actions were: what ended by then had run what the library held before.
  const library = viewLibrary(ports);
  const watch = await guard(ports, 'list library', () => watchLibrary(ports, library, listed));
  const round: Round = { sightings: sightings ?? { list: 'not answered' }, usedUp: new Set(), open: listed, library };
  const lookUps = await guard(ports, 'look-up quota', () => readLookUpRoom(ports, listed));
  const known = new Map(listed.map((entry): [string, OpenEntry] => [entry.id, entry]));
  const now = ports.now().toISOString();
  await inOrder(
    AT_ONCE,
    listed.filter(
      (entry) =>
        needsLook(entry, round.sightings, now, ports.pendingLimitMinutes * 60_000) ||
        (watch === 'listed' && isPending(entry)),
    ),
    async (entry) => {
      if (round.usedUp.has(entry.status) || isToWait(entry, lookUps)) return;
      const after = await guard(ports, entry.id, () => lookOrSetAside(ports, entry, round));
      if (after === 'gone') known.delete(entry.id);
      else if (after !== null) known.set(entry.id, after);
    },
  );
  const waiting = [...known.values()].filter((entry) => entry.status === 'planned').sort(compareUrgency);
  const running = [...known.values()].filter((entry) => entry.status === 'running');
  const dispatched = await guard(ports, 'dispatch', () =>
    dispatchWaiting(ports, waiting, findBusy(known.values()), running, library),
  );
  for (const id of dispatched ?? []) {
    const after = await guard(ports, id, () => advance(ports, id, round));
    if (after !== null) known.set(id, describeOpen(after.collection));
  }
  return [...known.values()];
}

/** Whose turn it is on which machine. */
function findBusy(entries: Iterable<OpenEntry>): ReadonlyMap<string, string> {
  const busy = new Map<string, string>();
  for (const { id, machineId, status } of entries) {
    if (machineId !== null && (status === 'starting' || status === 'running')) busy.set(machineId, id);
  }
  return busy;
}

/** Which alerts may be looked up now: the last of each hour is kept for critical ones. */
async function readLookUpRoom(ports: Ports, entries: readonly OpenEntry[]): Promise<LookUpRoom> {
  const now = ports.now().toISOString();
  const isAsked = ({ status, rank, notBefore }: OpenEntry) =>
    status === 'received' && rank < CRITICAL_RANK && now >= notBefore;
  return entries.some(isAsked) ? ports.lookUpRoom() : 'for any';
}

type LookUpRoom = Awaited<ReturnType<Ports['lookUpRoom']>>;

function isToWait({ status, rank, deadline }: OpenEntry, room: LookUpRoom | null): boolean {
  return status === 'received' && rank < CRITICAL_RANK && room === 'for critical ones' && deadline !== '';
}

/** What can never be read again is taken out of the poll's way and kept where operators see it. */
async function lookOrSetAside(ports: Ports, entry: OpenEntry, round: Round): Promise<OpenEntry | 'gone'> {
  try {
    return await look(ports, entry, round);
  } catch (fault) {
    const { code } = ports.explain(fault);
    if (code !== 'unreadable-row') throw fault;
    await ports.collections.setAside(entry.id, code);
    ports.log({ event: 'set aside', collection: entry.id, code });
    return 'gone';
  }
}

async function look(ports: Ports, entry: OpenEntry, round: Round): Promise<OpenEntry | 'gone'> {
  const advanced = await advance(ports, entry.id, round);
  if (advanced === null) return dropOrphan(ports, entry);
  const after = describeOpen(advanced.collection);
  // A save writes the index as well; where that was cut short, it is made good here.
  const isStale = advanced.progress === 'as it was' && !isSameEntry(after, entry);
  if (isStale && stageOf(after.status) === 'open') await ports.collections.refreshOpen(advanced.collection);
  return after;
}

/** Drops an index row whose collection was never stored; a door that is still at it is given an hour. */
async function dropOrphan(ports: Ports, entry: OpenEntry): Promise<OpenEntry | 'gone'> {
  const isOld = !(ports.now().getTime() - Date.parse(entry.receivedAt) <= ORPHAN_MS);
  if (!isOld || (await ports.collections.load(entry.id)) !== null) return entry;
  await ports.collections.close(entry.id);
  return 'gone';
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
