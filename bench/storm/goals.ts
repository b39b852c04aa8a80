import type { Figures } from './figures.ts';

/** One thing that is wanted of our figures, and whether they have it. */
export interface Goal {
  readonly wanted: string;
  readonly seen: string;
  readonly verdict: 'met' | 'missed';
}

const LEAST_RATIO = 0.95;

/** What is wanted of ours beside the ideal. */
export function judgeGoals(ours: Figures, ideal: Figures): readonly Goal[] {
  const ratio = ideal.makespanMs / ours.makespanMs;
  const critical = ours.critical.medianMs ?? 0;
  const others = ours.others.medianMs ?? Number.POSITIVE_INFINITY;
  return [
    goal(`makespan at least ${LEAST_RATIO} of the ideal`, ratio.toFixed(3), ratio >= LEAST_RATIO),
    goal('no 429', String(ours.throttled), ours.throttled === 0),
    goal(
      'critical alerts before the others in median',
      critical <= others ? 'so it is' : 'they are not',
      critical <= others,
    ),
    goal('every alert served whose machine answers', `${ours.notServed} not served`, ours.notServed === 0),
  ];
}

function goal(wanted: string, seen: string, isMet: boolean): Goal {
  return { wanted, seen, verdict: isMet ? 'met' : 'missed' };
}
