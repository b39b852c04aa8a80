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

/** What is known of the quota of live responses: recent starts, leases, and a time before which Defender wants none. */
export interface StartQuota {
  readonly starts: readonly string[];
  readonly leases: readonly Lease[];
  readonly blockedUntil: string | null;
}

/** A quota of which nothing is used. */
export const UNUSED_QUOTA: StartQuota = { starts: [], leases: [], blockedUntil: null };

/** A window is held a little longer than Defender's 60 s, as its clock and the way there are not ours. */
const WINDOW_MS = 65_000;

/** What becomes of a request for a start. */
export type StartDecision =
  | { readonly decision: 'granted'; readonly quota: StartQuota }
  | { readonly decision: 'held already' }
  | { readonly decision: 'later'; readonly notBefore: string; readonly reason: string };

/** Grants a start if the window, the sessions and Defender itself allow one now; the window slides. */
export function decideStart(quota: StartQuota, name: AttemptName, limits: StartLimits, now: string): StartDecision {
  if (quota.leases.some((lease) => isSameAttempt(lease, name))) return { decision: 'held already' };
  const nowMs = Date.parse(now);
  if (quota.blockedUntil !== null && now < quota.blockedUntil) {
    return {
      decision: 'later',
      notBefore: quota.blockedUntil,
      reason: 'Defender asked for fewer calls; live responses wait until it takes them again.',
    };
  }
  const recent = quota.starts.filter((at) => nowMs - Date.parse(at) < WINDOW_MS);
  if (recent.length >= limits.startsPerMinute) {
    const oldest =
      recent.map((at) => Date.parse(at)).sort((a, b) => a - b)[recent.length - limits.startsPerMinute] ?? nowMs;
    const notBefore = new Date(oldest + WINDOW_MS).toISOString();
    return {
      decision: 'later',
      notBefore,
      reason: `The quota of ${limits.startsPerMinute} live responses a minute is used up; it waits for the next place.`,
    };
  }
  if (quota.leases.length >= limits.sessions) {
    const notBefore = new Date(nowMs + 10_000).toISOString();
    return {
      decision: 'later',
      notBefore,
      reason: `All ${limits.sessions} live response sessions are in use; it waits for one to end.`,
    };
  }
  const lease: Lease = { ...name, since: now };
  return { decision: 'granted', quota: { ...quota, starts: [...recent, now], leases: [...quota.leases, lease] } };
}

/** The quota without an attempt's lease; the same object when there is none. */
export function giveBackLease(quota: StartQuota, name: AttemptName): StartQuota {
  const leases = quota.leases.filter((lease) => !isSameAttempt(lease, name));
  return leases.length === quota.leases.length ? quota : { ...quota, leases };
}

function isSameAttempt(a: AttemptName, b: AttemptName): boolean {
  return a.collectionId === b.collectionId && a.session === b.session && a.attempt === b.attempt;
}
