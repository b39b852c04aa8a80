import type { WatchedAction } from './open-entry.ts';

/** Of the hourly quota of listing machine actions, polling uses at most this part. */
const SHARE = 5;
/** What has not begun after so long is most likely on a machine that is away. */
const LONG_PENDING_MS = 5 * 60_000;

/** The shortest time between two list calls, in ms, with which polling stays within a fifth of the hourly quota. */
export function shortestInterval(callsPerHour: number): number {
  return Math.ceil(3_600_000 / Math.max(1, callsPerHour / SHARE));
}

/**
 * How long to wait after a list call until the next, in ms: the shortest interval while an action is near its end (its
 * last command runs, or it was asked to be cancelled), twice that while others run or were just started, and five times while all of them pend for long.
 */
export function lookInterval(actions: readonly WatchedAction[], callsPerHour: number, now: string): number {
  const shortest = shortestInterval(callsPerHour);
  const factors = actions.map((action) => {
    if (action.cancelAskedAt !== null) return 1;
    if (action.status === 'InProgress') return action.commandsLeft <= 1 ? 1 : 2;
    return Date.parse(now) - Date.parse(action.startedAt) < LONG_PENDING_MS ? 2 : 5;
  });
  return shortest * Math.min(...factors, 5);
}
