import type { AttemptName } from './machine-action.ts';

/** The limits that live responses are started under (Defender: run live response, Limitations). */
export interface StartLimits {
  /** Starts in any 60 s. */
  readonly startsPerMinute: number;
  /** Sessions at a time, pending ones counted. */
  readonly sessions: number;
}

/** What is known of whether a machine takes work: `silent` let an action pend for over five minutes. */
export type Reach = 'unknown' | 'silent';

/** A session that holds a place among those at a time. */
export interface Lease extends AttemptName {
  readonly since: string;
  readonly reach: Reach;
}

/** A lease with its age by the clock of those who keep it. */
export interface AgedLease extends Lease {
  readonly ageMs: number;
}

/** A start that was granted; its place in the window is held from the grant, and anew from its answer. */
export interface Start extends AttemptName {
  readonly at: string;
  readonly phase: 'sent' | 'answered';
  readonly reach: Reach;
}

/** What is known of the quota of live responses: recent starts, leases, and a time before which Defender wants none. */
export interface StartQuota {
  readonly starts: readonly Start[];
  readonly leases: readonly Lease[];
  readonly blockedUntil: string | null;
}

/** A quota of which nothing is used. */
export const UNUSED_STARTS: StartQuota = { starts: [], leases: [], blockedUntil: null };

/** A wish to start a live response. */
export interface StartWish {
  readonly name: AttemptName;
  readonly reach: Reach;
}

/** What becomes of a wish; `afterMs` is how long to wait before it is worth asking again. */
export type StartDecision =
  | { readonly decision: 'granted' }
  | { readonly decision: 'later'; readonly afterMs: number; readonly reason: string };

/** How many starts would be granted now, and how many of them to silent machines; with the reason when there are none. */
export interface Room {
  /** Places of the window that are taken now. */
  readonly usedStarts: number;
  readonly starts: number;
  readonly silentStarts: number;
  readonly reason: string | null;
  /** What keeps from starting more, null while there is room. */
  readonly limitedBy: 'Defender' | 'window' | 'sessions' | null;
  readonly afterMs: number;
}

/**
 * A place is held from the answer, which is never before Defender counted the call, for Defender's 60 s and a little: the
 * service's clock, by which both are measured, shows whole seconds.
 */
const WINDOW_MS = 62_000;
/** A start without an answer may still be on its way for 50 s (token, connection, timeout) before its window begins. */
const UNANSWERED_MS = WINDOW_MS + 50_000;
/** When a session ends is not known beforehand; it is asked again after this. */
const SESSION_WAIT_MS = 10_000;

/**
 * Decides on wishes in their order, the first ones first: as many are granted as the sliding window, the sessions and
 * Defender itself allow now. Silent machines get at most a fifth of the window and of the sessions. A wish that holds a
 * place already is granted again and takes no other.
 */
export function decideStarts(
  quota: StartQuota,
  wishes: readonly StartWish[],
  limits: StartLimits,
  now: string,
): { readonly decisions: readonly StartDecision[]; readonly quota: StartQuota } {
  let current = quota;
  const decisions = wishes.map(({ name, reach }): StartDecision => {
    const isBlocked = current.blockedUntil !== null && now < current.blockedUntil;
    if (!isBlocked && holdsPlace(current, name, now)) return { decision: 'granted' };
    // An attempt that kept its lease but lost its place in the window needs no second lease.
    const room = findRoom(giveBackLease(current, name), limits, now);
    const places = reach === 'silent' ? room.silentStarts : room.starts;
    if (places === 0) return { decision: 'later', afterMs: room.afterMs, reason: room.reason ?? silentReason(limits) };
    current = take(current, { name, reach }, now);
    return { decision: 'granted' };
  });
  return { decisions, quota: current };
}

/** How much room there is for starts now. */
export function findRoom(quota: StartQuota, limits: StartLimits, now: string): Room {
  const nowMs = Date.parse(now);
  const held = holding(quota, nowMs);
  const usedStarts = held.length;
  if (quota.blockedUntil !== null && now < quota.blockedUntil) {
    const afterMs = Date.parse(quota.blockedUntil) - nowMs;
    const reason = 'Defender asked for fewer calls; live responses wait until it takes them again.';
    return { usedStarts, starts: 0, silentStarts: 0, reason, limitedBy: 'Defender', afterMs };
  }
  const inWindow = limits.startsPerMinute - usedStarts;
  if (inWindow <= 0) {
    const inOrder = held.map(freeAtMs).sort((a, b) => a - b);
    const afterMs = Math.max(0, (inOrder[held.length - limits.startsPerMinute] ?? nowMs) - nowMs);
    const reason = `The quota of ${limits.startsPerMinute} live responses a minute is used up; it waits for the next place.`;
    return { usedStarts, starts: 0, silentStarts: 0, reason, limitedBy: 'window', afterMs };
  }
  const inSessions = limits.sessions - quota.leases.length;
  if (inSessions <= 0) {
    const reason = `All ${limits.sessions} live response sessions are in use; it waits for one to end.`;
    return { usedStarts, starts: 0, silentStarts: 0, reason, limitedBy: 'sessions', afterMs: SESSION_WAIT_MS };
  }
  const starts = Math.min(inWindow, inSessions);
  const silentStarts = Math.min(
    starts,
    shareForSilent(limits.startsPerMinute) - held.filter(isSilent).length,
    shareForSilent(limits.sessions) - quota.leases.filter(isSilent).length,
  );
  return {
    usedStarts,
    starts,
    silentStarts: Math.max(0, silentStarts),
    reason: null,
    limitedBy: null,
    afterMs: SESSION_WAIT_MS,
  };
}

/** The most that machines which do not answer may hold of a number of places: a fifth, but one at least. */
function shareForSilent(places: number): number {
  return Math.max(1, Math.floor(places / 5));
}

/** Decides anew on a start that was granted before, right before it is sent: its place and its lease count from now. */
export function confirmStart(
  quota: StartQuota,
  wish: StartWish,
  limits: StartLimits,
  now: string,
): { readonly decision: StartDecision; readonly quota: StartQuota } {
  const { decisions, quota: next } = decideStarts(takeBackStart(quota, wish.name), [wish], limits, now);
  const [decision] = decisions;
  if (decision === undefined) throw new Error('A start was not decided on.');
  return decision.decision === 'granted' ? { decision, quota: next } : { decision, quota };
}

/** The quota after a start was answered: its place in the window counts from the answer, which Defender gave after taking it. */
export function noteAnswer(quota: StartQuota, name: AttemptName, now: string): StartQuota {
  const starts = quota.starts.map((start) =>
    isSameAttempt(start, name) ? { ...start, at: now, phase: 'answered' as const } : start,
  );
  return { ...quota, starts };
}

/** The quota after a start that was never sent: it holds no place and no lease. */
export function takeBackStart(quota: StartQuota, name: AttemptName): StartQuota {
  return giveBackLease({ ...quota, starts: quota.starts.filter((start) => !isSameAttempt(start, name)) }, name);
}

/** The quota with a lease for a session that runs though nothing was granted for it; the same object when it has one. */
export function takeLease(quota: StartQuota, name: AttemptName, now: string): StartQuota {
  if (quota.leases.some((lease) => isSameAttempt(lease, name))) return quota;
  const { collectionId, session, attempt } = name;
  return { ...quota, leases: [...quota.leases, { collectionId, session, attempt, since: now, reach: 'unknown' }] };
}

/** The quota without an attempt's lease; the same object when there is none. */
export function giveBackLease(quota: StartQuota, name: AttemptName): StartQuota {
  const leases = quota.leases.filter((lease) => !isSameAttempt(lease, name));
  return leases.length === quota.leases.length ? quota : { ...quota, leases };
}

/** What was seen of a session's machine. */
export interface SeenReach {
  readonly name: AttemptName;
  readonly reach: Reach;
}

/** The quota with what was seen of the machines that hold leases; the same object when that is no news. */
export function noteReach(quota: StartQuota, seen: readonly SeenReach[]): StartQuota {
  const reachOf = (lease: Lease) => seen.find(({ name }) => isSameAttempt(lease, name))?.reach ?? lease.reach;
  if (quota.leases.every((lease) => reachOf(lease) === lease.reach)) return quota;
  return { ...quota, leases: quota.leases.map((lease) => ({ ...lease, reach: reachOf(lease) })) };
}

/** The quota after Defender asked to wait that long; an earlier end never shortens a later one. */
export function blockStarts(quota: StartQuota, ms: number, now: string): StartQuota {
  const until = new Date(Date.parse(now) + ms).toISOString();
  return quota.blockedUntil !== null && quota.blockedUntil >= until ? quota : { ...quota, blockedUntil: until };
}

function holdsPlace(quota: StartQuota, name: AttemptName, now: string): boolean {
  return (
    quota.leases.some((lease) => isSameAttempt(lease, name)) &&
    holding(quota, Date.parse(now)).some((start) => isSameAttempt(start, name))
  );
}

function take(quota: StartQuota, { name, reach }: StartWish, now: string): StartQuota {
  const { collectionId, session, attempt } = name;
  const attemptName = { collectionId, session, attempt };
  const starts = holding(quota, Date.parse(now)).filter((start) => !isSameAttempt(start, name));
  const leases = quota.leases.filter((lease) => !isSameAttempt(lease, name));
  return {
    ...quota,
    starts: [...starts, { ...attemptName, at: now, phase: 'sent', reach }],
    leases: [...leases, { ...attemptName, since: now, reach }],
  };
}

function holding(quota: StartQuota, nowMs: number): readonly Start[] {
  return quota.starts.filter((start) => freeAtMs(start) > nowMs);
}

function freeAtMs(start: Start): number {
  return Date.parse(start.at) + (start.phase === 'sent' ? UNANSWERED_MS : WINDOW_MS);
}

function isSilent({ reach }: { readonly reach: Reach }): boolean {
  return reach === 'silent';
}

function silentReason(limits: StartLimits): string {
  return `The machine does not answer, and such machines use at most ${shareForSilent(limits.sessions)} of the ${limits.sessions} sessions; it waits for one of them.`;
}

/** Whether two names are of the same attempt. */
export function isSameAttempt(a: AttemptName, b: AttemptName): boolean {
  return a.collectionId === b.collectionId && a.session === b.session && a.attempt === b.attempt;
}
