import { rankSeverity, type Severity } from './alert.ts';
import { type Collection, stageOf } from './collection.ts';
import type { Plan } from './plan.ts';
import { readRequestedFiles } from './script-request.ts';

/** What a newcomer on a machine asks for: its profile, the paths of its files, and its severity. */
export interface Newcomer {
  readonly collectionId: string;
  readonly severity: Severity;
  readonly plan: Plan;
}

/** What becomes of a newcomer beside the collection that stands for its machine. */
export type MergeDecision =
  | { readonly decision: 'own turn' | 'wait' }
  | { readonly decision: 'merge'; readonly reason: string }
  | { readonly decision: 'unite' };

/** More alerts than this are not united into one collection: each brings files, and a row has an end. */
const MAX_UNITED = 100;
/** A host that was received but not planned in this time is stuck; nobody waits for it any longer. */
const STUCK_MS = 5 * 60_000;

/**
 * Decides on a newcomer: while the host is not dispatched and has the same profile, their files are united; later, or
 * within a while of its end, it is merged only if it asks for nothing more and is no more severe. Else it has its own turn.
 */
export function judgeNewcomer(
  host: Collection | null,
  newcomer: Newcomer,
  now: string,
  mergeMinutes: number,
): MergeDecision {
  if (host === null || host.id === newcomer.collectionId || host.calledOff !== null) return { decision: 'own turn' };
  if (host.status === 'received')
    return { decision: Date.parse(now) - Date.parse(host.receivedAt) < STUCK_MS ? 'wait' : 'own turn' };
  if (!('plan' in host) || host.plan === null || endsBadly(host)) return { decision: 'own turn' };
  if (host.united.includes(newcomer.collectionId)) return { decision: 'merge', reason: explain(host.id) };
  if (host.plan.profileSha256 !== newcomer.plan.profileSha256 || host.plan.profileId !== newcomer.plan.profileId)
    return { decision: 'own turn' };
  const isUndispatched = host.status === 'planned' && host.progress.session === 0 && host.progress.attempt === 0;
  if (isUndispatched && host.united.length < MAX_UNITED) return { decision: 'unite' };
  const endedAt = stageOf(host.status) === 'ended' && 'endedAt' in host ? host.endedAt : null;
  const isRecent = endedAt === null || Date.parse(now) - Date.parse(endedAt) <= mergeMinutes * 60_000;
  const isCovered = isRecent && asksNothingMore(host.plan, newcomer.plan);
  if (!isCovered || rankSeverity(newcomer.severity) > rankSeverity(host.severity)) return { decision: 'own turn' };
  return { decision: 'merge', reason: explain(host.id) };
}

/** The files that a plan asks its scripts for, by path, each once. */
export function requestedFiles(plan: Plan): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const session of plan.sessions) {
    for (const command of session.commands) {
      if (command.type !== 'RunScript') continue;
      for (const { path, sha256 } of readRequestedFiles(command.args)) files.set(path, sha256);
    }
  }
  return files;
}

function asksNothingMore(host: Plan, newcomer: Plan): boolean {
  const covered = requestedFiles(host);
  return (
    newcomer.filesNotRequested === 0 &&
    [...requestedFiles(newcomer)].every(([path, sha256]) => isSameFile(covered.get(path), sha256))
  );
}

/** A file of that path that was replaced since is another one; where an alert names no hash, nobody can tell. */
function isSameFile(covered: string | undefined, sha256: string): boolean {
  return covered !== undefined && (covered === sha256 || covered === '' || sha256 === '');
}

/** Whether a collection did not, or will not, bring everything: nothing more is left to it. */
function endsBadly(host: Collection): boolean {
  if (host.status === 'sealing') return host.outcome !== 'collected';
  if (host.status === 'running') return host.cancel !== null && host.cancel.until === null;
  return host.status === 'failed' || host.status === 'cancelled' || host.status === 'partial';
}

function explain(hostId: string): string {
  return `Another alert on this machine is collected as ${hostId}, which asks for everything that this one asks for.`;
}
