import type { Limits } from './scenario.ts';

/** The limits that the documentation names; those of Args and comments are assumed, as none is documented. */
export const documentedLimits: Limits = {
  runsPerMinute: 10,
  callsPerMinute: 100,
  callsPerHour: 1500,
  packageUrisPerMinute: 2,
  packageUrisPerHour: 120,
  sessions: 50,
  pageSize: 10_000,
  argsCharacters: 8192,
  commentCharacters: 4000,
  uploadBytes: 20 * 1024 * 1024,
};

/** The same with half of every quota, at least 1: what is left of a tenant that other apps use as well. */
export function halveLimits(limits: Limits): Limits {
  const half = (count: number): number => Math.max(1, Math.floor(count / 2));
  return {
    ...limits,
    runsPerMinute: half(limits.runsPerMinute),
    callsPerMinute: half(limits.callsPerMinute),
    callsPerHour: half(limits.callsPerHour),
    packageUrisPerMinute: half(limits.packageUrisPerMinute),
    packageUrisPerHour: half(limits.packageUrisPerHour),
    sessions: half(limits.sessions),
  };
}
