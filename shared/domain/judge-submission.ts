import type { Caller } from './caller.ts';

const OLDEST_MS = 7 * 24 * 3_600_000;

/** Why an alert that a submitter sent is not collected, null where nothing is against it; operators, events and timers are not limited. */
export function judgeSubmission(caller: Caller | undefined, createdAt: string | null, now: string): string | null {
  if (caller === undefined || caller.standing === 'operator') return null;
  const ageMs = createdAt === null ? Number.NaN : Date.parse(now) - Date.parse(createdAt);
  if (ageMs <= OLDEST_MS) return null;
  const what = Number.isNaN(ageMs) ? 'Defender does not say when it was raised' : `It was raised at ${createdAt}`;
  return `${what}, and the role Submit is for alerts of the last seven days; an operator may retry this collection.`;
}
