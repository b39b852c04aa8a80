import type { Reach } from '../../shared/domain/start-quota.ts';
import { addAlert, type Job, listWaiting, type MachineJobs } from './ideal-jobs.ts';
import type { Outcome, Place, Served } from './outcome.ts';
import { answersFrom, HOUR_MS, MINUTE_MS, type Storm, workMs } from './storm.ts';

/** What the ideal schedule may use. */
export interface IdealQuotas {
  readonly sessions: number;
  readonly startsPerMinute: number;
  /** It acts at whole multiples of this only. */
  readonly tickMs: number;
  /** How long a try of a machine that does not answer holds its place. */
  readonly pendingLimitMs: number;
}

/** The settings as shipped. */
export const SHIPPED: IdealQuotas = {
  sessions: 20,
  startsPerMinute: 10,
  tickMs: 15_000,
  pendingLimitMs: 20 * MINUTE_MS,
};

const SILENT_AFTER_MS = 5 * MINUTE_MS;
const FIRST_WAIT_MS = 15 * MINUTE_MS;
const LONGEST_WAIT_MS = 2 * HOUR_MS;

/**
 * The schedule that the quotas allow to somebody who loses no time. At each tick t = 0, 15 s, 30 s, … the waiting job of
 * the highest severity, then of the earliest arrival, gets a place for as long as
 *
 *     places held at t < sessions   and   starts in (t - 60 s, t] < starts a minute.
 *
 * A place is held from t for pickup + script + fetch + closing, or, when the machine does not take the session up within
 * the pending limit, for just that limit; it is given anew at the first tick after. So n sessions of length L that come
 * at once take, on p places and while the starts a minute do not bind, (ceil(n / p) - 1) * L' + L, L' being L rounded
 * up to whole ticks; each try of a machine that is away costs one place for the pending limit.
 *
 * Assumed in its favour: looking up, planning, calls and storage take no time; an arrival or an end is known at the next
 * tick without a list call; there are no errors and no margins in the windows. Assumed against it, as nobody could do
 * better without knowing more: neither lengths nor who is away are known beforehand; one session a machine at a time; an
 * alert goes into its machine's job that waits, or counts as covered by the last one if that asks for the same files and
 * is as severe, else it is a job of its own; a machine that let a try pass is tried again after 15 min, then 30, 60, 120,
 * and such machines hold at most a fifth of the places and of the starts a minute, but one at least. It is the ideal of
 * these rules: rules that try less could end sooner, and what the places alone need (`leastByArea`) is below both.
 */
export function scheduleIdeal(storm: Storm, quotas: IdealQuotas = SHIPPED): Outcome {
  const machines = new Map<string, MachineJobs>();
  const places: Held[] = [];
  let current: Held[] = [];
  let arrived = 0;
  for (let nowMs = 0; ; nowMs += quotas.tickMs) {
    for (; (storm.alerts[arrived]?.arrivesAtMs ?? Number.POSITIVE_INFINITY) <= nowMs; arrived += 1)
      addAlert(machines, storm.alerts[arrived]);
    current = current.filter((place) => place.untilMs > nowMs || place.fromMs > nowMs - MINUTE_MS);
    for (const { job, machine } of listWaiting(machines, nowMs)) {
      const reach = machine.silentTries > 0 ? 'silent' : 'unknown';
      if (countRoom(current, quotas, reach, nowMs) > 0)
        current.push(hold(places, start(storm, quotas, machine, job, nowMs)));
      else if (reach === 'unknown') break;
    }
    if (arrived === storm.alerts.length && [...machines].every(([id, { jobs }]) => areStarted(storm, id, jobs))) break;
  }
  const jobs = [...machines.values()].flatMap((machine) => machine.jobs);
  return {
    name: 'ideal',
    served: jobs.flatMap(({ alerts, takenUpAtMs }) => alerts.map((alert): Served => ({ alert, atMs: takenUpAtMs }))),
    places,
    calls: new Map([['run live response', { answered: places.length, throttled: 0 }]]),
  };
}

interface Held extends Place {
  readonly reach: Reach;
}

function hold(places: Held[], place: Held): Held {
  places.push(place);
  return place;
}

/** How many places may be given now to a machine that is known so far. */
function countRoom(current: readonly Held[], quotas: IdealQuotas, reach: Reach, nowMs: number): number {
  const held = current.filter((place) => place.untilMs > nowMs);
  const recent = current.filter((place) => place.fromMs > nowMs - MINUTE_MS);
  const room = Math.min(quotas.sessions - held.length, quotas.startsPerMinute - recent.length);
  if (reach === 'unknown') return room;
  return Math.min(
    room,
    fifth(quotas.sessions) - held.filter((place) => isSilent(place, nowMs)).length,
    fifth(quotas.startsPerMinute) - recent.filter((place) => place.reach === 'silent').length,
  );
}

function isSilent({ reach, fromMs, takenUpAtMs }: Held, nowMs: number): boolean {
  const pendsUntilMs = takenUpAtMs ?? Number.POSITIVE_INFINITY;
  return reach === 'silent' || (nowMs - fromMs > SILENT_AFTER_MS && pendsUntilMs > nowMs);
}

function fifth(places: number): number {
  return Math.max(1, Math.floor(places / 5));
}

/** Gives a place: to the end of the session if the machine takes it up in time, else until the pending limit. */
function start(storm: Storm, quotas: IdealQuotas, machine: MachineJobs, job: Job, nowMs: number): Held {
  const { machineId } = job;
  const reach = machine.silentTries > 0 ? 'silent' : 'unknown';
  const times = storm.timesOf(machineId, machine.sessions);
  const takenUpAtMs = Math.max(nowMs, answersFrom(storm, machineId)) + times.pickupMs;
  if (takenUpAtMs < nowMs + quotas.pendingLimitMs) {
    machine.freeAtMs = takenUpAtMs + workMs(times);
    machine.sessions += 1;
    machine.silentTries = 0;
    job.takenUpAtMs = takenUpAtMs;
  } else {
    machine.freeAtMs = nowMs + quotas.pendingLimitMs;
    job.notBeforeMs = machine.freeAtMs + Math.min(FIRST_WAIT_MS * 2 ** machine.silentTries, LONGEST_WAIT_MS);
    machine.silentTries += 1;
  }
  return { machineId, fromMs: nowMs, takenUpAtMs: job.takenUpAtMs, untilMs: machine.freeAtMs, reach };
}

/** Nobody waits for a machine that never answers. */
function areStarted(storm: Storm, machineId: string, jobs: readonly Job[]): boolean {
  return answersFrom(storm, machineId) === Number.POSITIVE_INFINITY || jobs.every((job) => job.takenUpAtMs !== null);
}
