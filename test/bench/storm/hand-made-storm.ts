import type { Severity } from '../../../shared/domain/alert.ts';
import type { Storm } from '../../../bench/storm/storm.ts';

/** A session of 100 s: 10 s until it is taken up, then 90 s of work. */
const TIMES = { pickupMs: 10_000, scriptMs: 60_000, fetchMs: 20_000, closingMs: 10_000 };

/** An alert by hand; without severity it is Low, without files it names the one that all name. */
export interface HandMadeAlert {
  readonly at: number;
  readonly on: string;
  readonly severity?: Severity;
  readonly files?: readonly string[];
}

/** A storm by hand, times in seconds; machines that are not named in `away` answer, those that are do so from then on. */
export function makeStormByHand(alerts: readonly HandMadeAlert[], away: Readonly<Record<string, number>> = {}): Storm {
  const names = [...new Set(alerts.map(({ on }) => on))];
  return {
    alerts: alerts.map(({ at, on, severity = 'Low', files = ['/tmp/a'] }, index) => ({
      id: `da${index + 1}_${index + 1}`,
      arrivesAtMs: at * 1000,
      machineId: on,
      severity,
      paths: files,
    })),
    machines: new Map(names.map((id) => [id, { id, scriptMs: TIMES.scriptMs, answersFromMs: (away[id] ?? 0) * 1000 }])),
    timesOf: () => TIMES,
  };
}

/** An alert at that time on each of so many machines of their own. */
export function oneEach(machines: number, at = 0): readonly HandMadeAlert[] {
  return Array.from({ length: machines }, (_, number) => ({ at, on: machineIdOf(number + 1) }));
}

/** The id of a machine by its number. */
export function machineIdOf(number: number): string {
  return String(number).padStart(40, '0');
}
