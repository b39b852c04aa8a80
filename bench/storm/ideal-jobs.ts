import { rankSeverity } from '../../shared/domain/alert.ts';
import type { StormAlert } from './storm.ts';

/** What is to be collected from one machine in one session; `takenUpAtMs` is null until it was started on a machine that takes it up. */
export interface Job {
  readonly machineId: string;
  readonly alerts: StormAlert[];
  readonly paths: Set<string>;
  readonly arrivedAtMs: number;
  rank: number;
  notBeforeMs: number;
  takenUpAtMs: number | null;
}

/** A machine's jobs, at most one of which waits; `silentTries` counts the tries in a row that it let pass. */
export interface MachineJobs {
  readonly jobs: Job[];
  sessions: number;
  silentTries: number;
  freeAtMs: number;
}

/** Adds an alert to its machine's waiting job, or to its last one if that covers it, else as a job of its own. */
export function addAlert(machines: Map<string, MachineJobs>, alert: StormAlert | undefined): void {
  if (alert === undefined) return;
  const { machineId, arrivesAtMs, severity, paths } = alert;
  const machine = machines.get(machineId) ?? { jobs: [], sessions: 0, silentTries: 0, freeAtMs: 0 };
  machines.set(machineId, machine);
  const last = machine.jobs.at(-1);
  const rank = rankSeverity(severity);
  if (last !== undefined && (last.takenUpAtMs === null || covers(last, rank, paths))) {
    last.alerts.push(alert);
    for (const path of paths) last.paths.add(path);
    last.rank = Math.max(last.rank, rank);
    return;
  }
  machine.jobs.push({
    machineId,
    alerts: [alert],
    paths: new Set(paths),
    arrivedAtMs: arrivesAtMs,
    rank,
    notBeforeMs: 0,
    takenUpAtMs: null,
  });
}

function covers(job: Job, rank: number, paths: readonly string[]): boolean {
  return rank <= job.rank && paths.every((path) => job.paths.has(path));
}

/** The jobs that may be started now, the most severe first, then the earliest. */
export function listWaiting(
  machines: ReadonlyMap<string, MachineJobs>,
  nowMs: number,
): readonly { readonly job: Job; readonly machine: MachineJobs }[] {
  return [...machines.values()]
    .filter((machine) => machine.freeAtMs <= nowMs)
    .flatMap((machine) => {
      const job = machine.jobs.find(({ takenUpAtMs, notBeforeMs }) => takenUpAtMs === null && notBeforeMs <= nowMs);
      return job === undefined ? [] : [{ job, machine }];
    })
    .sort((a, b) => b.job.rank - a.job.rank || a.job.arrivedAtMs - b.job.arrivedAtMs);
}
