import { lookInterval } from '../domain/look-interval.ts';
import type { MachineAction } from '../domain/machine-action.ts';
import type { OpenEntry, WatchedAction } from '../domain/open-entry.ts';
import type { Ports } from './ports.ts';
import { settleOrphans } from './settle-orphans.ts';

/** What a poll's one list call said: the actions by id, or that it was not answered, or not made in this poll. */
export type Sightings =
  | { readonly list: 'answered'; readonly actions: ReadonlyMap<string, MachineAction> }
  | { readonly list: 'not answered' };

/** The longest that a machine action pends on a machine that answers; after it the machine counts as silent. */
const SILENT_AFTER_MS = 5 * 60_000;
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
  const listed = await listActions(ports, watched, now);
  if (listed === null) return { list: 'not answered' };
  const actions = new Map(listed.map((action): [string, MachineAction] => [action.id, action]));
  const silent = watched.filter((action) => isSilent(action, actions.get(action.id), now));
  await ports.governor.noteSilent(silent.map((action) => action.attempt));
  return { list: 'answered', actions };
}

async function listActions(
  ports: Ports,
  watched: readonly WatchedAction[],
  now: Date,
): Promise<readonly MachineAction[] | null> {
  if ((await ports.sweeping.take(SWEEP_EVERY_MS)) === 'ours') {
    const createdFrom = new Date(now.getTime() - LOOK_BACK_MS).toISOString();
    const recent = await ports.defender.listActions({ createdFrom });
    await settleOrphans(ports, recent);
    return recent;
  }
  if (watched.length === 0) return null;
  const turn = await ports.listing.take(lookInterval(watched, ports.callsPerHour, now.toISOString()));
  return turn === 'not yet' ? null : ports.defender.listActions({ ids: watched.map((action) => action.id) });
}

function isSilent(action: WatchedAction, seen: MachineAction | undefined, now: Date): boolean {
  const status = seen?.status ?? action.status;
  return status === 'Pending' && now.getTime() - Date.parse(action.startedAt) > SILENT_AFTER_MS;
}
