import { type Alert, rankSeverity } from '../../shared/domain/alert.ts';
import { costPlan } from '../../shared/domain/cost-plan.ts';
import type { Machine } from '../../shared/domain/machine.ts';
import { makePlan, type PlanningInput } from '../../shared/domain/make-plan.ts';
import { requestedFiles } from '../../shared/domain/merge-alert.ts';

/** What a profile would have cost for a list of alerts. */
export interface ProfileTally {
  readonly profile: string;
  readonly alerts: number;
  readonly collections: number;
  /** Alerts that an earlier collection on their machine would have covered. */
  readonly merged: number;
  /** Alerts for which the profile's cool-down would have left the machine alone. */
  readonly leftAlone: number;
  readonly machines: number;
  /** Live responses: each holds one of the tenant's sessions while it runs. */
  readonly liveResponses: number;
  readonly archiveBytesAtMost: number;
  readonly filesNotRequested: number;
}

/** What a list of alerts would have come to: for each profile, and why others would have been skipped. */
export interface Tally {
  readonly alerts: number;
  readonly profiles: readonly ProfileTally[];
  readonly skipped: readonly { readonly reason: string; readonly alerts: number }[];
}

/** What tallying works with; `machines` are those of the alerts by id, and those that nobody knows are not in it. */
export interface TallyInput extends Omit<PlanningInput, 'alert' | 'machine' | 'collectionId' | 'now'> {
  readonly alerts: readonly Alert[];
  readonly machines: ReadonlyMap<string, Machine>;
  readonly mergeMinutes: number;
  /** Now, ISO 8601 UTC: profiles are taken as they are today, also those that would have come later. */
  readonly now: string;
}

type Last = {
  readonly at: number;
  readonly profile: string;
  readonly rank: number;
  readonly paths: ReadonlySet<string>;
};

/** Tallies what the profiles of today would have done for alerts of the past, in the order of their times. */
export function tallyPlans(input: TallyInput): Tally {
  const inOrder = [...input.alerts].sort((a, b) => (a.createdAt ?? '').localeCompare(b.createdAt ?? ''));
  const tallies = new Map<string, ProfileTally & { readonly on: ReadonlySet<string> }>();
  const skipped = new Map<string, number>();
  const skip = (reason: string) => skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
  const last = new Map<string, Last>();
  for (const alert of inOrder) {
    const machine = alert.machineId === null ? null : (input.machines.get(alert.machineId.toLowerCase()) ?? null);
    if (machine === null) {
      skip(alert.machineId === null ? 'The alert names no machine.' : 'Defender does not know its machine.');
      continue;
    }
    const planning = makePlan({ ...input, alert, machine, collectionId: '0'.repeat(32) });
    if (planning.planning === 'none') {
      // The machine's name is left out, so that alike reasons are counted together.
      skip(planning.reason.replaceAll(machine.name ?? machine.id, 'the machine'));
      continue;
    }
    const { plan, profile } = planning;
    const next: Last = {
      at: Date.parse(alert.createdAt ?? input.now),
      profile: profile.id,
      rank: rankSeverity(alert.severity),
      paths: new Set(requestedFiles(plan).keys()),
    };
    const fate = judge(last.get(machine.id), next, input.mergeMinutes, profile.limits?.coolDownMinutes ?? 0);
    const before = tallies.get(profile.id) ?? { ...NOTHING, profile: profile.id };
    const isCollected = fate === 'collections';
    const on = isCollected ? new Set([...before.on, machine.id]) : before.on;
    const cost = costPlan(plan);
    tallies.set(profile.id, {
      ...before,
      on,
      alerts: before.alerts + 1,
      [fate]: before[fate] + 1,
      machines: on.size,
      liveResponses: before.liveResponses + (isCollected ? cost.liveResponses : 0),
      archiveBytesAtMost: before.archiveBytesAtMost + (isCollected ? cost.archiveBytesAtMost : 0),
      filesNotRequested: before.filesNotRequested + (isCollected ? plan.filesNotRequested : 0),
    });
    if (isCollected) last.set(machine.id, next);
  }
  return {
    alerts: inOrder.length,
    profiles: [...tallies.values()].map(({ on: _, ...tally }) => tally),
    skipped: [...skipped].map(([reason, alerts]) => ({ reason, alerts })).sort((a, b) => b.alerts - a.alerts),
  };
}

const NOTHING = {
  on: new Set<string>(),
  alerts: 0,
  collections: 0,
  merged: 0,
  leftAlone: 0,
  machines: 0,
  liveResponses: 0,
  archiveBytesAtMost: 0,
  filesNotRequested: 0,
};

function judge(
  last: Last | undefined,
  next: Last,
  mergeMinutes: number,
  coolDownMinutes: number,
): 'collections' | 'merged' | 'leftAlone' {
  if (last === undefined || last.profile !== next.profile || next.rank > last.rank) return 'collections';
  const minutes = (next.at - last.at) / 60_000;
  if (minutes <= mergeMinutes && [...next.paths].every((path) => last.paths.has(path))) return 'merged';
  return minutes < coolDownMinutes ? 'leftAlone' : 'collections';
}
