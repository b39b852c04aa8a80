import type { AlertPlan, MachinePlan, Scenario } from './scenario.ts';

/** A machine that is there and does what it is told. */
export function makeMachine(index: number, changes: Partial<MachinePlan> = {}): MachinePlan {
  return {
    id: index.toString(16).padStart(4, 'a').repeat(10),
    system: 'linux',
    away: [],
    portal: [],
    beginMs: 20_000,
    commandMs: 8_000,
    finalMs: 5_000,
    failsAt: null,
    cancelMs: 15_000,
    onCancel: 'stops',
    ...changes,
  };
}

/** An alert that comes once. */
export function makeAlert(index: number, changes: Partial<AlertPlan> = {}): AlertPlan {
  return {
    id: `da63747290038283${String(index).padStart(4, '0')}_7`,
    machine: 0,
    severity: 'High',
    files: ['/tmp/one'],
    knownFromMs: 0,
    arrivals: [{ atMs: 1_000, names: 'alert and machine' }],
    ...changes,
  };
}

/** One alert on one machine, one instance, and nothing goes wrong. */
export const SMALL: Scenario = {
  seed: 'small',
  instances: [{ skewMs: 0 }],
  machines: [makeMachine(0)],
  alerts: [makeAlert(0)],
  episodes: [],
  strikes: { by: 'list', list: [] },
  faultsEndMs: 0,
  settings: {
    mode: 'collect',
    // Slower than the product's own timer: each kind of call is made and struck all the same, and an idle look less often.
    tickMs: 60_000,
    timersAtOnce: 1,
    startsPerMinute: 10,
    sessions: 20,
    deadlineHours: 2,
    pendingLimitMinutes: 20,
    mergeMinutes: 60,
    lagMs: 0,
    tickets: 'delivered',
    linkMs: 30 * 60_000,
    badDownloads: 0,
  },
};
