import type { Severity } from '../../shared/domain/alert.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** An alert of the storm; its time is in ms from the storm's beginning. */
export interface StormAlert {
  readonly id: string;
  readonly arrivesAtMs: number;
  readonly machineId: string;
  readonly severity: Severity;
  /** The files it names, by path. */
  readonly paths: readonly string[];
}

/** A machine that alerts are about. */
export interface StormMachine {
  readonly id: string;
  /** How long the script runs on it. */
  readonly scriptMs: number;
  /** From when it answers: 0 from the beginning, infinity for never. */
  readonly answersFromMs: number;
}

/** How long a session takes on its machine once that answers. */
export interface SessionTimes {
  /** From its start, or from the machine's return, until the machine takes it up. */
  readonly pickupMs: number;
  readonly scriptMs: number;
  readonly fetchMs: number;
  /** From the end of its last command until its action is final. */
  readonly closingMs: number;
}

/** Alerts in the order of their arrival, the machines they are about, and how long the sessions on these take. */
export interface Storm {
  readonly alerts: readonly StormAlert[];
  readonly machines: ReadonlyMap<string, StormMachine>;
  /** The times of a machine's n-th session, from 0. */
  readonly timesOf: (machineId: string, session: number) => SessionTimes;
}

/** From when a machine answers, in ms; infinity for one that never does or is not known. */
export function answersFrom(storm: Storm, machineId: string): number {
  return storm.machines.get(machineId)?.answersFromMs ?? Number.POSITIVE_INFINITY;
}

/** How long a session occupies its machine from when that takes it up, in ms. */
export function workMs({ scriptMs, fetchMs, closingMs }: SessionTimes): number {
  return scriptMs + fetchMs + closingMs;
}
