import type { Clock } from '../clock.ts';
import type { Limits } from '../scenario.ts';
import type { Switches } from '../switches.ts';
import { errorReply, type Reply } from './reply.ts';
import { writeRetryAfter } from './retry-after.ts';
import type { Endpoint } from './route.ts';

type Window = { limit: number; lengthMs: number; name: string };

/** Counts the calls of an app at an endpoint; the answer is a 429 in the real wording, or undefined if the call may pass. */
export type TakeQuota = (endpoint: Endpoint, appId: string) => Reply | undefined;

/** What quotas are made of. */
export type QuotaParts = { limits: Limits; switches: Switches; tenantId: string; clock: Clock };

/** Counts over sliding windows, by API and app (the real key is Destination+TenantID+AppID). */
export function createQuota(parts: QuotaParts): TakeQuota {
  const { limits, switches, clock } = parts;
  const taken = new Map<string, number[]>();
  return (endpoint, appId) => {
    const now = clock.now();
    const key = `${keyOf(endpoint, switches)} ${appId}`;
    const times = (taken.get(key) ?? []).filter((at) => at > now - 3_600_000);
    taken.set(key, times);
    const windows = windowsOf(endpoint, limits);
    const isFull = windows.some((window) => waitFor(window, times, now) > 0);
    if (!isFull || switches.refusedCalls === 'counted') times.push(now);
    if (!isFull) return undefined;
    const waits = windows.map((window) => ({ window, waitMs: waitFor(window, times, now) }));
    const longest = waits.reduce((left, right) => (right.waitMs > left.waitMs ? right : left));
    return tooMany(longest.window, longest.waitMs, parts);
  };
}

function keyOf(endpoint: Endpoint, { quotaKey }: Switches): string {
  const hasOwn = endpoint === 'runliveresponse' || endpoint === 'package uri';
  return hasOwn || quotaKey === 'one API' ? endpoint : 'any other';
}

/** How long until a window has a place again; 0 or less if it has one now. */
function waitFor(window: Window, times: readonly number[], now: number): number {
  const inside = times.filter((at) => at > now - window.lengthMs);
  const freeing = inside[inside.length - window.limit];
  return freeing === undefined ? 0 : freeing + window.lengthMs - now;
}

function windowsOf(endpoint: Endpoint, limits: Limits): [Window, ...Window[]] {
  const minute = (limit: number): Window => ({ limit, lengthMs: 60_000, name: '00:01:00' });
  const hour = (limit: number): Window => ({ limit, lengthMs: 3_600_000, name: '01:00:00' });
  if (endpoint === 'runliveresponse') return [minute(limits.runsPerMinute)];
  if (endpoint === 'package uri') return [minute(limits.packageUrisPerMinute), hour(limits.packageUrisPerHour)];
  return [minute(limits.callsPerMinute), hour(limits.callsPerHour)];
}

function tooMany(window: Window, waitMs: number, { switches, tenantId, clock }: QuotaParts): Reply {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  const wait = switches.quotaMessage === 'with the wait' ? ` You can send requests again in ${seconds} seconds.` : '';
  const message = `API calls quota exceeded! Maximum allowed ${window.limit} per ${window.name} for the key Destination+TenantID+AppID.${wait}`;
  const reply = errorReply(429, '429', message, tenantId);
  return { ...reply, headers: { ...reply.headers, ...writeRetryAfter(seconds, switches.retryAfter, clock.now()) } };
}
