import { rankSeverity, type Severity } from './alert.ts';
import { type Collection, stageOf } from './collection.ts';

/** A newcomer on a machine whose profile may want the machine left alone for a while. */
export interface CoolDownAsk {
  readonly profileId: string;
  readonly severity: Severity;
  /** Null for a profile without a cool-down. */
  readonly coolDownMinutes: number | null;
}

/**
 * Why a machine is left alone: the last collection on it was made by the same profile, is under way or ended only lately,
 * and was for an alert as severe. Null when it is not; one that failed or was called off never stands in a newcomer's way.
 */
export function judgeCoolDown(last: Collection | null, ask: CoolDownAsk, now: string): string | null {
  const { profileId, severity, coolDownMinutes } = ask;
  if (last === null || coolDownMinutes === null || last.calledOff !== null) return null;
  if (!('plan' in last) || last.plan?.profileId !== profileId) return null;
  if (last.status === 'failed' || last.status === 'cancelled') return null;
  if (rankSeverity(severity) > rankSeverity(last.severity)) return null;
  const endedAt = stageOf(last.status) === 'ended' && 'endedAt' in last ? last.endedAt : now;
  if (Date.parse(now) - Date.parse(endedAt) >= coolDownMinutes * 60_000) return null;
  return `Profile ${profileId} leaves a machine alone for ${coolDownMinutes} minutes after a collection, and ${last.id} is the last; retry this one to collect nevertheless.`;
}
