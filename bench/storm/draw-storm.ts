import type { Severity } from '../../shared/domain/alert.ts';
import { draw, drawBetween } from './draw.ts';
import { HOUR_MS, MINUTE_MS, type Storm, type StormAlert, type StormMachine } from './storm.ts';

/** How large a storm is, and the seed that it is drawn from. */
export interface StormSize {
  readonly alerts: number;
  readonly machines: number;
  readonly seed: number;
}

const ARRIVAL_MS = 5 * MINUTE_MS;
const SCRIPT_MINUTES = [2, 5, 10] as const;
/** Of a hundred alerts so many are of this severity. */
const SEVERITY_SHARES: readonly (readonly [Severity, number])[] = [
  ['High', 5],
  ['Medium', 25],
  ['Low', 50],
  ['Informational', 20],
];
/** The files that the alerts of one machine name are out of so many. */
const FILES_OF_A_MACHINE = 6;
const MOST_FILES = 3;

/**
 * Draws a storm: alerts within five minutes, each on any of the machines; scripts of 2, 5 or 10 minutes, one length a
 * machine; a tenth of the machines away, a quarter of those for ever, the others for one to four hours. A live response
 * is taken up after 60 to 120 s, a file fetched in 10 to 40 s, an action final 20 to 40 s after its last command.
 */
export function drawStorm({ alerts, machines, seed }: StormSize): Storm {
  const ids = Array.from({ length: machines }, (_, number) => String(number + 1).padStart(40, '0'));
  const byChance = [...ids].sort((a, b) => draw(seed, `away ${a}`) - draw(seed, `away ${b}`));
  const away = byChance.slice(0, Math.round(machines / 10));
  const forEver = away.slice(0, Math.round(away.length / 4));
  const drawReturn = (id: string): number => {
    if (!away.includes(id)) return 0;
    return forEver.includes(id) ? Number.POSITIVE_INFINITY : drawBetween(seed, `back ${id}`, HOUR_MS, 4 * HOUR_MS);
  };
  const drawn = ids.map((id): [string, StormMachine] => {
    const minutes = SCRIPT_MINUTES[Math.floor(draw(seed, `script ${id}`) * SCRIPT_MINUTES.length)] ?? 5;
    return [id, { id, scriptMs: minutes * MINUTE_MS, answersFromMs: drawReturn(id) }];
  });
  const known = new Map(drawn);
  return {
    alerts: Array.from({ length: alerts }, (_, number) => drawAlert(seed, number, ids)).sort(
      (a, b) => a.arrivesAtMs - b.arrivesAtMs,
    ),
    machines: known,
    timesOf: (machineId, session) => ({
      pickupMs: drawBetween(seed, `pickup ${machineId} ${session}`, MINUTE_MS, 2 * MINUTE_MS),
      scriptMs: known.get(machineId)?.scriptMs ?? 0,
      fetchMs: drawBetween(seed, `fetch ${machineId} ${session}`, 10_000, 40_000),
      closingMs: drawBetween(seed, `closing ${machineId} ${session}`, 20_000, 40_000),
    }),
  };
}

function drawAlert(seed: number, number: number, machineIds: readonly string[]): StormAlert {
  const machineId = machineIds[Math.floor(draw(seed, `machine of ${number}`) * machineIds.length)] ?? '';
  const files = 1 + Math.floor(draw(seed, `files of ${number}`) * MOST_FILES);
  const paths = Array.from({ length: files }, (_, index) => {
    const file = Math.floor(draw(seed, `file ${index} of ${number}`) * FILES_OF_A_MACHINE);
    return `/opt/storm/${file}`;
  });
  return {
    id: `da${number + 1}_${number + 1}`,
    arrivesAtMs: Math.floor(draw(seed, `arrival of ${number}`) * ARRIVAL_MS),
    machineId,
    severity: drawSeverity(draw(seed, `severity of ${number}`) * 100),
    paths: [...new Set(paths)],
  };
}

function drawSeverity(outOfHundred: number): Severity {
  let sum = 0;
  for (const [severity, share] of SEVERITY_SHARES) {
    sum += share;
    if (outOfHundred < sum) return severity;
  }
  return 'Informational';
}
