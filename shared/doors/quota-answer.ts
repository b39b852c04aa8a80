import type { CallLimits, CallRoom } from '../domain/call-quota.ts';
import type { Room, StartLimits, StartQuota } from '../domain/start-quota.ts';

/** The quotas as they were read: live responses, and each of Defender's other APIs by the name of its quota. */
export interface QuotaReadings {
  readonly at: string;
  readonly starts: { readonly quota: StartQuota; readonly room: Room; readonly limits: StartLimits };
  readonly calls: readonly {
    readonly name: string;
    readonly room: CallRoom;
    readonly limits: CallLimits;
    readonly blockedUntil: string | null;
  }[];
}

/** The quotas as the HTTP API answers them: for each what is used, free and blocked; counts of calls, never who made them. */
export function answerQuota({ at, starts, calls }: QuotaReadings) {
  const { quota, room, limits } = starts;
  const isBlocked = quota.blockedUntil !== null && quota.blockedUntil > at;
  return {
    at,
    liveResponse: {
      startsInMinute: {
        limit: limits.startsPerMinute,
        used: room.usedStarts,
        free: limits.startsPerMinute - room.usedStarts,
      },
      sessions: {
        limit: limits.sessions,
        used: quota.leases.length,
        free: Math.max(0, limits.sessions - quota.leases.length),
        silent: quota.leases.filter((lease) => lease.reach === 'silent').length,
      },
      free: room.starts,
      blockedUntil: isBlocked ? quota.blockedUntil : null,
      reason: room.reason,
    },
    apis: calls.map((call) => ({
      name: call.name,
      inMinute: describe(call.limits.perMinute, call.room.usedInMinute),
      inHour: describe(call.limits.perHour, call.room.usedInHour),
      free: call.room.free,
      blockedUntil: call.blockedUntil,
    })),
  };
}

function describe(limit: number, used: number) {
  return { limit, used, free: Math.max(0, limit - used) };
}
