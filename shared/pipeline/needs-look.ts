import type { OpenEntry } from '../domain/open-entry.ts';
import type { Sightings } from './sight-actions.ts';
import { VISIBILITY_MS } from './visibility.ts';

/** The index may be stale after a crash: every collection is looked at in one of so many polls, whatever the index says. */
const SWEEP = 17;

/** Whether a poll has to look at a collection itself, or what the index and the list call say of it is enough. */
export function needsLook(entry: OpenEntry, sightings: Sightings, now: string, pendingLimitMs: number): boolean {
  if (now >= entry.deadline || isSwept(entry.id, now)) return true;
  const isDue = now >= entry.notBefore;
  switch (entry.status) {
    case 'received':
    case 'starting':
    case 'sealing':
      return isDue;
    case 'planned':
    // The poll reads it in any case, to copy what is late.
    case 'copying':
      return false;
    case 'running':
      return isToBeCancelled(entry, now, pendingLimitMs) || saysNews(entry, sightings, now);
    case 'collected':
    case 'partial':
    case 'failed':
    case 'cancelled':
    case 'skipped':
    case 'merged':
      return true;
    default: {
      const unknown: never = entry.status;
      throw new Error(`Unknown status ${String(unknown)}.`);
    }
  }
}

/** One that pends too long, and one whose cancel has not shown yet. */
function isToBeCancelled({ action }: OpenEntry, now: string, pendingLimitMs: number): boolean {
  if (action === null) return false;
  const pendingMs = action.status === 'Pending' ? Date.parse(now) - Date.parse(action.startedAt) : 0;
  return action.cancelAskedAt !== null || pendingMs >= pendingLimitMs;
}

function saysNews({ action, notBefore, reason }: OpenEntry, sightings: Sightings, now: string): boolean {
  if (action === null) return true;
  if (sightings.list === 'not answered') return false;
  const seen = sightings.actions.get(action.id);
  if (seen === undefined) return now >= notBefore && Date.parse(now) - Date.parse(action.startedAt) >= VISIBILITY_MS;
  const left = seen.commands.filter((command) => command.status === 'Created').length;
  return seen.status !== action.status || left !== action.commandsLeft || reason !== null;
}

/** Polls come at any interval but a multiple of 17 s, so that each collection has its turn. */
function isSwept(id: string, now: string): boolean {
  const slice = Number.parseInt(id.slice(0, 8), 16) % SWEEP;
  return slice === Math.floor(Date.parse(now) / 1000) % SWEEP;
}
