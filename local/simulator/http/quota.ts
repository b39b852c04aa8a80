import type { Clock } from '../clock.ts';
import type { Limits } from '../scenario.ts';
import { errorReply, type Reply } from './reply.ts';
import type { Endpoint } from './route.ts';

type Window = { limit: number; lengthMs: number; name: string };

/** Counts the calls of an app at an endpoint; the answer is a 429 in the real wording, or undefined if the call may pass. */
export type TakeQuota = (endpoint: Endpoint, appId: string) => Reply | undefined;

/** Counts over sliding windows, by endpoint and app (the real key is Destination+TenantID+AppID); refused calls are not counted. */
export function createQuota(limits: Limits, tenantId: string, clock: Clock): TakeQuota {
  const passed = new Map<string, number[]>();
  return (endpoint, appId) => {
    const now = clock.now();
    const key = `${endpoint} ${appId}`;
    const times = (passed.get(key) ?? []).filter((at) => at > now - 3_600_000);
    passed.set(key, times);
    for (const window of windowsOf(endpoint, limits)) {
      const inside = times.filter((at) => at > now - window.lengthMs);
      const freed = inside[inside.length - window.limit];
      if (freed !== undefined) return tooMany(window, freed + window.lengthMs - now, tenantId);
    }
    times.push(now);
    return undefined;
  };
}

function windowsOf(endpoint: Endpoint, limits: Limits): Window[] {
  if (endpoint === 'runliveresponse') return [{ limit: limits.runsPerMinute, lengthMs: 60_000, name: '00:01:00' }];
  return [
    { limit: limits.callsPerMinute, lengthMs: 60_000, name: '00:01:00' },
    { limit: limits.callsPerHour, lengthMs: 3_600_000, name: '01:00:00' },
  ];
}

function tooMany(window: Window, waitMs: number, tenantId: string): Reply {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  const message = `API calls quota exceeded! Maximum allowed ${window.limit} per ${window.name} for the key Destination+TenantID+AppID. You can send requests again in ${seconds} seconds.`;
  const reply = errorReply(429, '429', message, tenantId);
  return { ...reply, headers: { ...reply.headers, 'retry-after': String(seconds) } };
}
