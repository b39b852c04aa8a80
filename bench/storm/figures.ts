import type { EndpointName } from '../../shared/defender/permissions.ts';
import { rankSeverity } from '../../shared/domain/alert.ts';
import type { CallCount } from './modelled-defender.ts';
import type { Outcome, Place, Served } from './outcome.ts';
import { answersFrom, type Storm, type StormAlert } from './storm.ts';

/** Median and 95th percentile of some waits, in ms; null of none. */
export interface Waits {
  readonly alerts: number;
  readonly medianMs: number | null;
  readonly p95Ms: number | null;
}

/** What is compared of an outcome. Alerts on machines that were away are counted apart: their wait is their machine's. */
export interface Figures {
  readonly name: string;
  /** From the first alert to the end of the last session on a machine that answered from the beginning. */
  readonly makespanMs: number;
  readonly critical: Waits;
  readonly others: Waits;
  /** From a machine's return to the session, of alerts on machines that were away. */
  readonly returned: Waits;
  /** Alerts that no session covered: on machines that may answer, and on those that never do. */
  readonly notServed: number;
  readonly unreachable: number;
  readonly sessions: number;
  /** Starts that ended without the machine having taken them up. */
  readonly triesInVain: number;
  /** Until the makespan, of the time of all places: held in any way, and held by a session at work. */
  readonly held: number;
  readonly atWork: number;
  readonly calls: ReadonlyMap<EndpointName, CallCount>;
  readonly throttled: number;
}

const CRITICAL_RANK = 4;

/** The figures of an outcome; utilisation is of so many places. */
export function measure(storm: Storm, outcome: Outcome, sessions: number): Figures {
  const { name, places, served, calls } = outcome;
  const present = served.filter(({ alert }) => answersFrom(storm, alert.machineId) === 0);
  const away = served.filter(({ alert }) => answersFrom(storm, alert.machineId) > 0);
  const unserved = served.filter(({ atMs }) => atMs === null);
  const unreachable = unserved.filter(({ alert }) => answersFrom(storm, alert.machineId) === Number.POSITIVE_INFINITY);
  const atWork = places.filter((place) => place.takenUpAtMs !== null);
  const fromMs = storm.alerts[0]?.arrivesAtMs ?? 0;
  const onPresent = atWork.filter(({ machineId }) => answersFrom(storm, machineId) === 0);
  const untilMs = Math.max(fromMs, ...onPresent.map((place) => place.untilMs));
  const share = (counted: readonly Place[], beginOf: (place: Place) => number) => {
    const spans = counted.map((place) => Math.min(place.untilMs, untilMs) - Math.max(beginOf(place), fromMs));
    return spans.reduce((sum, ms) => sum + Math.max(0, ms), 0) / Math.max(1, sessions * (untilMs - fromMs));
  };
  return {
    name,
    makespanMs: untilMs - fromMs,
    critical: summarize(present.filter(isCritical), ({ arrivesAtMs }) => arrivesAtMs),
    others: summarize(
      present.filter((one) => !isCritical(one)),
      ({ arrivesAtMs }) => arrivesAtMs,
    ),
    returned: summarize(away, ({ machineId }) => answersFrom(storm, machineId)),
    notServed: unserved.length - unreachable.length,
    unreachable: unreachable.length,
    sessions: atWork.length,
    triesInVain: places.length - atWork.length,
    held: share(places, (place) => place.fromMs),
    atWork: share(atWork, (place) => place.takenUpAtMs ?? place.fromMs),
    calls,
    throttled: [...calls.values()].reduce((sum, call) => sum + call.throttled, 0),
  };
}

/** Whether an alert is of the severity that goes before all others. */
export function isCritical({ alert }: Served): boolean {
  return rankSeverity(alert.severity) >= CRITICAL_RANK;
}

/** Waits since a time of each alert; one that came after its session had begun did not wait. */
function summarize(served: readonly Served[], since: (alert: StormAlert) => number): Waits {
  const waits = served.flatMap(({ alert, atMs }) => (atMs === null ? [] : [Math.max(0, atMs - since(alert))]));
  const sorted = waits.sort((a, b) => a - b);
  return { alerts: sorted.length, medianMs: percentile(sorted, 0.5), p95Ms: percentile(sorted, 0.95) };
}

/** The least of the sorted values that this share of all of them does not exceed. */
function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
