import { rankSeverity } from './alert.ts';
import type { Collection, CollectionStatus } from './collection.ts';
import type { AttemptName } from './machine-action.ts';
import type { Reach } from './start-quota.ts';

/** The machine action that a running collection waits for, as it was last seen. */
export interface WatchedAction {
  readonly id: string;
  readonly status: string;
  readonly startedAt: string;
  readonly commandsLeft: number;
  /** When it was last asked to be cancelled, null when it was not. */
  readonly cancelAskedAt: string | null;
  readonly attempt: AttemptName;
}

/** An open collection as the index of open ones knows it: enough to decide whether a poll has to look at it. */
export interface OpenEntry {
  readonly id: string;
  /** Rank of its severity: 0 for the least, 4 for the most severe. */
  readonly rank: number;
  readonly receivedAt: string;
  readonly deadline: string;
  readonly status: CollectionStatus;
  readonly notBefore: string;
  readonly machineId: string | null;
  /** Whether its machine let live responses pend. */
  readonly reach: Reach;
  readonly action: WatchedAction | null;
  /** Why it waits, null when there is nothing to say. */
  readonly reason: string | null;
}

/** What the index of open collections says of one. */
export function describeOpen(collection: Collection): OpenEntry {
  const { id, severity, receivedAt, deadline, status, notBefore, machineId, reason } = collection;
  return {
    id,
    rank: rankSeverity(severity),
    receivedAt,
    deadline,
    status,
    notBefore,
    machineId,
    reach: collection.silence === null ? 'unknown' : 'silent',
    action: watched(collection),
    reason,
  };
}

function watched(collection: Collection): WatchedAction | null {
  if (collection.status !== 'running') return null;
  const { id, actionId, actionStatus, startedAt, commandsLeft, cancel, progress } = collection;
  const attempt = { collectionId: id, session: progress.session, attempt: progress.attempt };
  return {
    id: actionId,
    status: actionStatus,
    startedAt,
    commandsLeft,
    cancelAskedAt: cancel?.askedAt ?? null,
    attempt,
  };
}

/** Whether two entries say the same. */
export function isSameEntry(one: OpenEntry, other: OpenEntry): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The rank of critical alerts, for which others make way. */
export const CRITICAL_RANK = 4;

/** The order of work: the most severe first, then the oldest. */
export function compareUrgency(a: OpenEntry, b: OpenEntry): number {
  return b.rank - a.rank || a.receivedAt.localeCompare(b.receivedAt) || a.id.localeCompare(b.id);
}
