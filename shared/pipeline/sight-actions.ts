import { lookInterval } from '../domain/look-interval.ts';
import type { MachineAction } from '../domain/machine-action.ts';
import type { OpenEntry, WatchedAction } from '../domain/open-entry.ts';
import type { SeenReach } from '../domain/start-quota.ts';
import type { Ports } from './ports.ts';
import { settleOrphans } from './settle-orphans.ts';
import { SILENT_AFTER_MS } from './silence.ts';

/** What a poll's one list call said: the actions by id, or that it was not answered, or not made in this poll. */
export type Sightings =
  | { readonly list: 'answered'; readonly actions: ReadonlyMap<string, MachineAction> }
  | { readonly list: 'not answered' };

/** How often the list is of all recent actions, and how far back: one that shows later than that was never ours to find. */
const SWEEP_EVERY_MS = 10 * 60_000;
const LOOK_BACK_MS = 24 * 3_600_000;

/**
 * Asks for all running actions in one list call, if it is this instance's turn: of all instances one lists, within a
 * fifth of the hourly quota, and less often while nothing is near its end. Now and then the list is of all recent actions,
 * among which those are found that no collection waits for. Notes which machines do not answer.
 */
export async function sightActions(ports: Ports, entries: readonly OpenEntry[]): Promise<Sightings> {
  const watched = entries.flatMap((entry) =>
    entry.status === 'running' && entry.action !== null ? [entry.action] : [],
  );
  const now = ports.now();
  const listed = await listActions(ports, entries, watched, now);
  if (listed === null) return { list: 'not answered' };
  const actions = new Map(listed.map((action): [string, MachineAction] => [action.id, action]));
  await ports.governor.noteReach(watched.flatMap((action) => seeReach(action, actions.get(action.id), now)));
  return { list: 'answered', actions };
}

async function listActions(
  ports: Ports,
  entries: readonly OpenEntry[],
  watched: readonly WatchedAction[],
  now: Date,
): Promise<readonly MachineAction[] | null> {
  if ((await ports.sweeping.take(SWEEP_EVERY_MS)) === 'ours') {
    const createdFrom = new Date(now.getTime() - LOOK_BACK_MS).toISOString();
    const recent = await ports.defender.listActions({ createdFrom });
    await settleOrphans(ports, recent, entries);
    return recent;
  }
  if (watched.length === 0) return null;
  const turn = await ports.listing.take(lookInterval(watched, ports.callsPerHour, now.toISOString()));
  return turn === 'not yet' ? null : ports.defender.listActions({ ids: watched.map((action) => action.id) });
}

/** What a look at an action says of its machine: one that took it up answers, one that let it pend for long does not. */
function seeReach(action: WatchedAction, seen: MachineAction | undefined, now: Date): readonly SeenReach[] {
  const status = seen?.status ?? action.status;
  if (status === 'InProgress') return [{ name: action.attempt, reach: 'unknown' }];
  const pendingMs = now.getTime() - Date.parse(action.startedAt);
  return status === 'Pending' && pendingMs > SILENT_AFTER_MS ? [{ name: action.attempt, reach: 'silent' }] : [];
}
