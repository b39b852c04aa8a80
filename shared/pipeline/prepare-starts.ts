import type { CollectionIn } from '../domain/collection.ts';
import type { AttemptName } from '../domain/machine-action.ts';
import type { OpenEntry } from '../domain/open-entry.ts';
import type { Room } from '../domain/start-quota.ts';
import { applyEvent } from './apply-event.ts';
import { backOff, later } from './back-off.ts';
import { ensureScripts } from './ensure-scripts.ts';
import type { Ports } from './ports.ts';
import type { ReadyStart } from './send-start.ts';
import { takeLane } from './take-lane.ts';
import type { LibraryView } from './view-library.ts';

/** One that cannot be started now, and why. */
export interface Waiting {
  readonly entry: OpenEntry;
  readonly reason: string;
}

/** What preparing came to: starts whose lanes are taken and whose scripts are the reviewed ones, and who waits for what. */
export interface Prepared {
  readonly ready: readonly ReadyStart[];
  readonly waiting: readonly Waiting[];
}

/** A list of the library that is older is made again before anything is sent. */
const FRESH_MS = 15_000;

/** Always the same words, so that whoever waits for long is told once. */
const WAITS_FOR_PLACE =
  "It waits for one of the tenant's live response places; the most severe alerts go first, then the oldest.";

/**
 * Goes through those who wait, in their order, until as many are ready as there are places. `busy` names who has its turn
 * on which machine, as far as that is known beforehand.
 */
export async function prepareStarts(
  ports: Ports,
  entries: readonly OpenEntry[],
  room: Pick<Room, 'starts' | 'silentStarts'>,
  busy: ReadonlyMap<string, string>,
  library: LibraryView,
): Promise<Prepared> {
  const ready: ReadyStart[] = [];
  const waiting: Waiting[] = [];
  const holders = new Map(busy);
  let silent = 0;
  library.forgetOlderThan(FRESH_MS);
  const now = ports.now().toISOString();
  const due = entries.filter((entry) => now >= entry.notBefore);
  // Where one place is all there is, a silent machine would hold it for minutes, most likely in vain: others come first.
  const isOnlyPlace = room.starts === 1 && busy.size === 0;
  for (const entry of isOnlyPlace ? putSilentLast(due) : due) {
    const isFull = ready.length >= room.starts || (isSilent(entry) && silent >= room.silentStarts);
    if (isFull) {
      waiting.push({ entry, reason: WAITS_FOR_PLACE });
      continue;
    }
    const holder = entry.machineId === null ? undefined : holders.get(entry.machineId);
    const prepared = holder === undefined ? await tryPrepare(ports, library, entry.id) : heldBy(holder);
    if (prepared.prepared === 'ready') {
      ready.push(prepared.start);
      if (prepared.start.reach === 'silent') silent += 1;
      holders.set(prepared.start.machineId, entry.id);
    } else if (prepared.prepared === 'waits') {
      waiting.push({ entry, reason: prepared.reason });
    }
  }
  return { ready, waiting };
}

function putSilentLast(entries: readonly OpenEntry[]): readonly OpenEntry[] {
  const [silent, others] = [entries.filter(isSilent), entries.filter((entry) => !isSilent(entry))];
  return [...others, ...silent];
}

function isSilent({ reach }: OpenEntry): boolean {
  return reach === 'silent';
}

type PreparedOne =
  | { readonly prepared: 'ready'; readonly start: ReadyStart }
  | { readonly prepared: 'waits'; readonly reason: string }
  | { readonly prepared: 'not now' };

function heldBy(holder: string): PreparedOne {
  return { prepared: 'waits', reason: `Another collection (${holder}) has its turn on this machine.` };
}

async function tryPrepare(ports: Ports, library: LibraryView, id: string): Promise<PreparedOne> {
  const collection = (await ports.collections.load(id))?.collection;
  if (collection?.status !== 'planned' || ports.now().toISOString() < collection.notBefore)
    return { prepared: 'not now' };
  try {
    return await prepare(ports, library, collection);
  } catch (fault) {
    const { reason, code, retryAfterMs } = ports.explain(fault);
    ports.log({ event: 'fault', collection: id, status: collection.status, code, tries: collection.tries });
    return putOff(ports, collection, reason, retryAfterMs ?? 0);
  }
}

async function prepare(ports: Ports, library: LibraryView, collection: CollectionIn<'planned'>): Promise<PreparedOne> {
  const { id, machineId, plan, progress, tries } = collection;
  const session = plan.sessions[progress.session];
  if (session === undefined) throw new Error(`Collection ${id} has no session ${progress.session}.`);
  const name: AttemptName = { collectionId: id, session: progress.session, attempt: progress.attempt + 1 };
  const readiness = await ensureScripts(ports, library, id, plan.scripts);
  if (readiness.readiness === 'not ready') return putOff(ports, collection, readiness.reason, 0);
  const lane = await takeLane(ports, machineId, name);
  if (lane.lane === 'held') return heldBy(lane.by);
  if (lane.lane === 'yielded') return waitUntil(ports, collection, lane.until);
  const reach = collection.silence === null ? 'unknown' : 'silent';
  const { scripts } = readiness;
  return { prepared: 'ready', start: { name, machineId, session, tries, reach, scripts } };
}

/** Nothing is run on a machine that was left to its responders. */
async function waitUntil(ports: Ports, { id }: CollectionIn<'planned'>, until: string): Promise<PreparedOne> {
  const reason = `The machine is left to its responders until ${until}; then it goes on.`;
  await applyEvent(ports, id, { type: 'put off', while: 'planned', notBefore: until, reason });
  return { prepared: 'not now' };
}

async function putOff(
  ports: Ports,
  { id, tries }: CollectionIn<'planned'>,
  reason: string,
  leastMs: number,
): Promise<PreparedOne> {
  const notBefore = later(ports, Math.max(backOff(tries), leastMs));
  await applyEvent(ports, id, { type: 'put off', while: 'planned', notBefore, reason });
  return { prepared: 'not now' };
}
