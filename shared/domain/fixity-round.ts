/** A package whose check has begun: how far it has come, and how often it was tried in vain. */
export interface BegunCheck {
  /** Of the files in the order of their paths, the last one that was checked; null for none. */
  readonly through: string | null;
  readonly files: number;
  readonly bytes: number;
  readonly tries: number;
}

/** How far all packages have been checked: one after the other, so that the next is always the one that was checked longest ago. */
export interface FixityRound {
  /** ISO 8601 UTC; null before the first round. */
  readonly beganAt: string | null;
  readonly stage: 'under way' | 'done';
  /** The place of the last collection that is done with, null at the beginning. */
  readonly after: string | null;
  /** The check of the collection that comes next, null when it has not begun. */
  readonly begun: BegunCheck | null;
  /** Until then somebody is at it, ISO 8601 UTC. */
  readonly busyUntil: string;
}

/** Before the first round. */
export const NO_ROUND: FixityRound = {
  beganAt: null,
  stage: 'done',
  after: null,
  begun: null,
  busyUntil: '1970-01-01T00:00:00.000Z',
};

/** How long nobody else begins; longer than a function may run. */
const BUSY_MS = 35 * 60_000;

/** What asking for a run came to; `round` is what is to be stored. */
export type TakenRun =
  | { readonly run: 'ours'; readonly round: FixityRound }
  | { readonly run: 'not yet'; readonly round: FixityRound };

/** Goes on with the round, or begins a new one when the last began that long ago. */
export function takeRun(round: FixityRound, now: Date, intervalMs: number): TakenRun {
  const nowMs = now.getTime();
  if (Date.parse(round.busyUntil) > nowMs) return { run: 'not yet', round };
  const busyUntil = new Date(nowMs + BUSY_MS).toISOString();
  if (round.stage === 'under way') return { run: 'ours', round: { ...round, busyUntil } };
  if (round.beganAt !== null && nowMs - Date.parse(round.beganAt) < intervalMs) return { run: 'not yet', round };
  const begins = { beganAt: now.toISOString(), stage: 'under way', after: null, begun: null } as const;
  return { run: 'ours', round: { ...begins, busyUntil } };
}

/** The round with another try of the collection that comes next, noted before it is made: what ends the process is counted too. */
export function beginCheck(round: FixityRound): FixityRound {
  const { begun } = round;
  const before = begun ?? { through: null, files: 0, bytes: 0, tries: 0 };
  return { ...round, begun: { ...before, tries: before.tries + 1 } };
}

/** The round after a collection that is done with. */
export function passCollection(round: FixityRound, key: string): FixityRound {
  return { ...round, after: key, begun: null };
}

/** The round as a run leaves it for the next one. */
export function leaveRun(round: FixityRound, stage: FixityRound['stage']): FixityRound {
  return { ...round, stage, busyUntil: NO_ROUND.busyUntil };
}
