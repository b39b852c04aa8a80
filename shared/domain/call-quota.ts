/** The limits that calls of one API are made under (Defender: the page of each endpoint, Limitations). */
export interface CallLimits {
  readonly perMinute: number;
  readonly perHour: number;
}

/** Calls that were granted within a span: `at` in epoch seconds, `seconds` its length. */
export interface GrantedCalls {
  readonly at: number;
  readonly seconds: number;
  readonly calls: number;
}

/** What is known of the quota of one API: recent calls, the oldest first, and a time before which Defender wants none. */
export interface CallQuota {
  readonly granted: readonly GrantedCalls[];
  readonly blockedUntil: string | null;
}

/** A quota of which nothing is used. */
export const UNUSED_CALLS: CallQuota = { granted: [], blockedUntil: null };

/** How much of a quota is used and free now; `afterMs` is when more becomes free. */
export interface CallRoom {
  readonly usedInMinute: number;
  readonly usedInHour: number;
  readonly free: number;
  readonly afterMs: number;
}

/** Recent calls are counted in spans of 5 s, older ones in spans of a minute: a row stays small, and a span counts until its end has aged. */
const FINE_SECONDS = 5;
const COARSE_SECONDS = 60;
/** From the grant until the call arrives at Defender some seconds may pass, and the service's clock shows whole ones. */
const SLACK_SECONDS = 5;
const MINUTE_SECONDS = 60 + SLACK_SECONDS;
const HOUR_SECONDS = 3_600 + SLACK_SECONDS;

/** Grants of that many wished calls as many as the minute, the hour and Defender itself allow now. */
export function grantCalls(
  quota: CallQuota,
  wished: number,
  limits: CallLimits,
  now: string,
): { readonly granted: number; readonly afterMs: number; readonly quota: CallQuota } {
  const room = findCallRoom(quota, limits, now);
  const granted = Math.min(wished, room.free);
  if (granted === 0) return { granted, afterMs: room.afterMs, quota };
  const at = Math.floor(Date.parse(now) / 1000);
  return { granted, afterMs: room.afterMs, quota: { ...quota, granted: addCalls(quota.granted, at, granted) } };
}

/** How much room there is for calls now. */
export function findCallRoom(quota: CallQuota, limits: CallLimits, now: string): CallRoom {
  const nowSeconds = Date.parse(now) / 1000;
  const inMinute = quota.granted.filter((span) => ageOf(span, nowSeconds) < MINUTE_SECONDS);
  const inHour = quota.granted.filter((span) => ageOf(span, nowSeconds) < HOUR_SECONDS);
  const usedInMinute = countCalls(inMinute);
  const usedInHour = countCalls(inHour);
  const blockedMs = quota.blockedUntil === null ? 0 : Math.max(0, Date.parse(quota.blockedUntil) - nowSeconds * 1000);
  const free = Math.max(0, Math.min(limits.perMinute - usedInMinute, limits.perHour - usedInHour));
  const afterMs = Math.max(
    blockedMs,
    untilFree(inMinute, usedInMinute - limits.perMinute, MINUTE_SECONDS, nowSeconds),
    untilFree(inHour, usedInHour - limits.perHour, HOUR_SECONDS, nowSeconds),
  );
  return { usedInMinute, usedInHour, free: blockedMs > 0 ? 0 : free, afterMs };
}

/** The quota after Defender asked to wait that long; an earlier end never shortens a later one. */
export function blockCalls(quota: CallQuota, ms: number, now: string): CallQuota {
  const until = new Date(Date.parse(now) + ms).toISOString();
  return quota.blockedUntil !== null && quota.blockedUntil >= until ? quota : { ...quota, blockedUntil: until };
}

function addCalls(granted: readonly GrantedCalls[], at: number, calls: number): readonly GrantedCalls[] {
  const fineFrom = at - MINUTE_SECONDS - COARSE_SECONDS;
  const spans = new Map<string, GrantedCalls>();
  const add = (span: GrantedCalls): void => {
    const key = `${span.at} ${span.seconds}`;
    spans.set(key, { ...span, calls: span.calls + (spans.get(key)?.calls ?? 0) });
  };
  for (const span of granted) {
    if (ageOf(span, at) >= HOUR_SECONDS) continue;
    add(
      span.at < fineFrom ? { at: floorTo(span.at, COARSE_SECONDS), seconds: COARSE_SECONDS, calls: span.calls } : span,
    );
  }
  add({ at: floorTo(at, FINE_SECONDS), seconds: FINE_SECONDS, calls });
  return [...spans.values()].sort((a, b) => a.at - b.at);
}

function floorTo(at: number, seconds: number): number {
  return Math.floor(at / seconds) * seconds;
}

/** Age in seconds of the youngest call that a span may hold. */
function ageOf(span: GrantedCalls, nowSeconds: number): number {
  return nowSeconds - (span.at + span.seconds);
}

function countCalls(spans: readonly GrantedCalls[]): number {
  return spans.reduce((sum, span) => sum + span.calls, 0);
}

/** In how many ms one more call fits, when `over` (from 0) of them must have aged before. */
function untilFree(spans: readonly GrantedCalls[], over: number, seconds: number, nowSeconds: number): number {
  if (over < 0) return 0;
  let aged = 0;
  for (const span of spans) {
    aged += span.calls;
    if (aged > over) return Math.max(0, Math.ceil((seconds - ageOf(span, nowSeconds)) * 1000));
  }
  return seconds * 1000;
}
