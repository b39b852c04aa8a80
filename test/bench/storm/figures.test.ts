import { describe, expect, it } from 'vitest';
import { measure } from '../../../bench/storm/figures.ts';
import { judgeGoals } from '../../../bench/storm/goals.ts';
import type { Outcome } from '../../../bench/storm/outcome.ts';
import { printTable } from '../../../bench/storm/print-table.ts';
import { makeStormByHand } from './hand-made-storm.ts';

const STORM = makeStormByHand(
  [
    { at: 10, on: 'a', severity: 'High' },
    { at: 20, on: 'b' },
    { at: 30, on: 'c' },
    { at: 40, on: 'd' },
    { at: 50, on: 'back' },
    { at: 60, on: 'never' },
    { at: 70, on: 'a', severity: 'High' },
  ],
  { back: 500, never: Number.POSITIVE_INFINITY },
);

/** When each alert was served, in seconds and in the order above, and the places: machine, from, taken up, until. */
function outcomeOf(
  served: readonly (number | null)[],
  places: readonly (readonly [machine: string, from: number, takenUp: number | null, until: number])[],
): Outcome {
  return {
    name: 'by hand',
    served: STORM.alerts.map((alert, index) => {
      const second = served[index] ?? null;
      return { alert, atMs: second === null ? null : second * 1000 };
    }),
    places: places.map(([machineId, from, takenUp, until]) => ({
      machineId,
      fromMs: from * 1000,
      takenUpAtMs: takenUp === null ? null : takenUp * 1000,
      untilMs: until * 1000,
    })),
    calls: new Map([['run live response', { answered: 6, throttled: 3 }]]),
  };
}

const GOOD = outcomeOf(
  [30, 40, 70, 100, 620, null, 30],
  [
    ['a', 20, 30, 110],
    ['b', 20, 40, 120],
    ['c', 60, 70, 160],
    ['d', 90, 100, 210],
    ['never', 70, null, 270],
    ['back', 600, 620, 700],
  ],
);

describe('the figures of an outcome', () => {
  const seen = measure(STORM, GOOD, 2);

  it('the makespan is from the first alert to the end of the last session on a machine that was never away', () => {
    expect(seen.makespanMs).toBe(200_000);
  });

  it('waits are from the alert to the session, zero for one that came after it, and by severity', () => {
    expect(seen.critical).toEqual({ alerts: 2, medianMs: 0, p95Ms: 20_000 });
    expect(seen.others).toEqual({ alerts: 3, medianMs: 40_000, p95Ms: 60_000 });
  });

  it('on machines that were away they are from the return', () => {
    expect(seen.returned).toEqual({ alerts: 1, medianMs: 120_000, p95Ms: 120_000 });
  });

  it('who was not served is told apart from who never can be', () => {
    expect(seen).toMatchObject({ notServed: 0, unreachable: 1, sessions: 5, triesInVain: 1, throttled: 3 });
    const lost = measure(STORM, outcomeOf([30, null, 70, 100, null, null, 30], []), 2);
    expect(lost).toMatchObject({ notServed: 2, unreachable: 1 });
  });

  it('utilisation is of all places until the makespan', () => {
    expect(seen.held).toBeCloseTo((90 + 100 + 100 + 120 + 140) / 400);
    expect(seen.atWork).toBeCloseTo((80 + 80 + 90 + 110) / 400);
  });

  it('are printed side by side', () => {
    const lines = printTable([seen, { ...seen, name: 'other', makespanMs: 10_740_000, calls: new Map() }]).split('\n');
    expect(lines[0]).toMatch(/^ +by hand +other$/);
    expect(lines[1]).toMatch(/^makespan +3 min 20 s +2 h 59 min$/);
    expect(lines.at(-1)).toMatch(/^calls: run live response +6 \+ 3 × 429 +-$/);
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
  });
});

describe('the goals', () => {
  const ours = { ...measure(STORM, GOOD, 2), throttled: 0, critical: { alerts: 1, medianMs: 1, p95Ms: 1 } };
  const ideal = { ...ours, makespanMs: 0.95 * ours.makespanMs };
  const missed = (changed: Partial<typeof ours>) =>
    judgeGoals({ ...ours, ...changed }, ideal).flatMap(({ wanted, verdict }) => (verdict === 'missed' ? [wanted] : []));

  it('are met at 0.95 of the ideal', () => expect(missed({})).toEqual([]));

  it.each([
    ['makespan', { makespanMs: ours.makespanMs + 1_000 }],
    ['429', { throttled: 1 }],
    ['critical', { critical: { alerts: 2, medianMs: 40_001, p95Ms: 40_001 } }],
    ['served', { notServed: 1 }],
  ])('%s is missed by itself', (word, changed) => {
    expect(missed(changed)).toEqual([expect.stringContaining(word)]);
  });
});
