import type { AttemptName } from './machine-action.ts';

/** The limits that live responses are started under (Defender: run live response, Limitations). */
export interface StartLimits {
  /** Starts in any 60 s. */
  readonly startsPerMinute: number;
  /** Sessions at a time, pending ones counted. */
  readonly sessions: number;
}

/** A session that holds a place among those at a time. */
export interface Lease extends AttemptName {
  readonly since: string;
}

/** A start that was granted; its place in the window is held from the grant, and anew from its answer. */
export interface Start extends AttemptName {
  readonly at: string;
  readonly phase: 'sent' | 'answered';
}

/** What is known of the quota of live responses: recent starts, leases, and a time before which Defender wants none. */
export interface StartQuota {
  readonly starts: readonly Start[];
  readonly leases: readonly Lease[];
  readonly blockedUntil: string | null;
}

/** A quota of which nothing is used. */
export const UNUSED_QUOTA: StartQuota = { starts: [], leases: [], blockedUntil: null };

/** A window is held a little longer than Defender's 60 s, as its clock and the way there are not ours. */
const WINDOW_MS = 65_000;
/** A start without an answer may still be on its way for 50 s (token, connection, timeout) before its window begins. */
const UNANSWERED_MS = WINDOW_MS + 50_000;

/** What becomes of a request for a start. */
export type StartDecision =
  | { readonly decision: 'granted'; readonly quota: StartQuota }
  | { readonly decision: 'held already' }
  | { readonly decision: 'later'; readonly notBefore: string; readonly reason: string };

/** Grants a start if the window, the sessions and Defender itself allow one now; the window slides. */
export function decideStart(quota: StartQuota, name: AttemptName, limits: StartLimits, now: string): StartDecision {
  const nowMs = Date.parse(now);
  if (quota.blockedUntil !== null && now < quota.blockedUntil) {
    return {
      decision: 'later',
      notBefore: quota.blockedUntil,
      reason: 'Defender asked for fewer calls; live responses wait until it takes them again.',
    };
  }
  const held = quota.starts.filter((start) => freeAtMs(start) > nowMs);
  const isLeased = quota.leases.some((lease) => isSameAttempt(lease, name));
  if (isLeased && held.some((start) => isSameAttempt(start, name))) return { decision: 'held already' };
  if (held.length >= limits.startsPerMinute) {
    const inOrder = held.map(freeAtMs).sort((a, b) => a - b);
    const notBefore = new Date(inOrder[held.length - limits.startsPerMinute] ?? nowMs).toISOString();
    return {
      decision: 'later',
      notBefore,
      reason: `The quota of ${limits.startsPerMinute} live responses a minute is used up; it waits for the next place.`,
    };
  }
  if (!isLeased && quota.leases.length >= limits.sessions) {
    const notBefore = new Date(nowMs + 10_000).toISOString();
    return {
      decision: 'later',
      notBefore,
      reason: `All ${limits.sessions} live response sessions are in use; it waits for one to end.`,
    };
  }
  const { collectionId, session, attempt } = name;
  const attemptName = { collectionId, session, attempt };
  const starts = [
    ...held.filter((start) => !isSameAttempt(start, name)),
    { ...attemptName, at: now, phase: 'sent' as const },
  ];
  const leases = [...quota.leases.filter((lease) => !isSameAttempt(lease, name)), { ...attemptName, since: now }];
  return { decision: 'granted', quota: { ...quota, starts, leases } };
}

/** The quota after a start was answered: its place in the window counts from the answer, which Defender gave after taking it. */
export function noteAnswer(quota: StartQuota, name: AttemptName, now: string): StartQuota {
  const starts = quota.starts.map((start) =>
    isSameAttempt(start, name) ? { ...start, at: now, phase: 'answered' as const } : start,
  );
  return { ...quota, starts };
}

function freeAtMs(start: Start): number {
  return Date.parse(start.at) + (start.phase === 'sent' ? UNANSWERED_MS : WINDOW_MS);
}

/** The quota without an attempt's lease; the same object when there is none. */
export function giveBackLease(quota: StartQuota, name: AttemptName): StartQuota {
  const leases = quota.leases.filter((lease) => !isSameAttempt(lease, name));
  return leases.length === quota.leases.length ? quota : { ...quota, leases };
}

function isSameAttempt(a: AttemptName, b: AttemptName): boolean {
  return a.collectionId === b.collectionId && a.session === b.session && a.attempt === b.attempt;
}
