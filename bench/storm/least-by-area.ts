import { type IdealQuotas, SHIPPED } from './ideal-schedule.ts';
import { answersFrom, type Storm, workMs } from './storm.ts';

/**
 * The time that the places alone need, in ms, were each machine done with in one session and each that is away tried once:
 *
 *     max(longest of these, sum of these / sessions)
 *
 * No order of work is shorter unless it leaves those that are away for last, which needs to be known beforehand.
 */
export function leastByArea(storm: Storm, quotas: IdealQuotas = SHIPPED): number {
  const named = [...new Set(storm.alerts.map((alert) => alert.machineId))];
  const lengths = named.map((machineId) => {
    const times = storm.timesOf(machineId, 0);
    const takenUpMs = answersFrom(storm, machineId) + times.pickupMs;
    return takenUpMs < quotas.pendingLimitMs ? takenUpMs + workMs(times) : quotas.pendingLimitMs;
  });
  return Math.max(0, ...lengths, lengths.reduce((sum, ms) => sum + ms, 0) / quotas.sessions);
}
