import type { Timings } from './scenario.ts';

const second = 1000;
const minute = 60 * second;
const day = 86_400 * second;

/** Seconds in place of the minutes of a real tenant, and a token that outlives a long session of work. */
export const quickTimings: Timings = {
  visibilityLagMs: 2 * second,
  pendingMs: 3 * second,
  betweenPollsMs: second,
  commandMs: second,
  packageMs: 3 * second,
  cancelMs: 2 * second,
  raceMs: second,
  replicaLagMs: 2 * second,
  queueMs: 120 * minute,
  scriptTimeoutMs: 10 * minute,
  linkLifetimeMs: 30 * minute,
  tokenLifetimeMs: 30 * day,
};

/** As a real tenant was observed: two minutes until an action is taken up and seen, half a minute around each command. */
export const observedTimings: Timings = {
  visibilityLagMs: 2 * minute,
  pendingMs: 121 * second,
  betweenPollsMs: 37 * second,
  commandMs: 25 * second,
  packageMs: 15 * minute,
  cancelMs: 40 * second,
  raceMs: 2 * second,
  replicaLagMs: 30 * second,
  queueMs: 3 * day,
  scriptTimeoutMs: 10 * minute,
  linkLifetimeMs: 30 * minute,
  tokenLifetimeMs: 3599 * second,
};
