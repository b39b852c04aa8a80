import { lookInterval } from '../domain/look-interval.ts';
import type { MachineAction } from '../domain/machine-action.ts';
import type { OpenEntry, WatchedAction } from '../domain/open-entry.ts';
import type { Ports } from './ports.ts';

/** What a poll's one list call said: the actions by id, or that it was not answered, or not made in this poll. */
export type Sightings =
  | { readonly list: 'answered'; readonly actions: ReadonlyMap<string, MachineAction> }
  | { readonly list: 'not answered' };

/** The longest that a machine action pends on a machine that answers; after it the machine counts as silent. */
const SILENT_AFTER_MS = 5 * 60_000;

/**
 * Asks for all running actions in one list call, if it is this instance's turn: of all instances one lists, within a
 * fifth of the hourly quota, and less often while nothing is near its end. Notes which machines do not answer.
 */
export async function sightActions(ports: Ports, entries: readonly OpenEntry[]): Promise<Sightings> {
  const watched = entries.flatMap((entry) =>
    entry.status === 'running' && entry.action !== null ? [entry.action] : [],
  );
  if (watched.length === 0) return { list: 'not answered' };
  const now = ports.now();
  const turn = await ports.listing.take(lookInterval(watched, ports.callsPerHour, now.toISOString()));
  if (turn === 'not yet') return { list: 'not answered' };
  const listed = await ports.defender.listActions({ ids: watched.map((action) => action.id) });
  const actions = new Map(listed.map((action): [string, MachineAction] => [action.id, action]));
  const silent = watched.filter((action) => isSilent(action, actions.get(action.id), now));
  await ports.governor.noteSilent(silent.map((action) => action.attempt));
  return { list: 'answered', actions };
}

function isSilent(action: WatchedAction, seen: MachineAction | undefined, now: Date): boolean {
  const status = seen?.status ?? action.status;
  return status === 'Pending' && now.getTime() - Date.parse(action.startedAt) > SILENT_AFTER_MS;
}
