import { describe, expect, it } from 'vitest';
import { measure } from '../../../bench/storm/figures.ts';
import { type IdealQuotas, scheduleIdeal, SHIPPED } from '../../../bench/storm/ideal-schedule.ts';
import { leastByArea } from '../../../bench/storm/least-by-area.ts';
import { drawStorm } from '../../../bench/storm/draw-storm.ts';
import { type HandMadeAlert, makeStormByHand, oneEach } from './hand-made-storm.ts';

interface Case {
  readonly name: string;
  readonly alerts: readonly HandMadeAlert[];
  readonly away?: Readonly<Record<string, number>>;
  readonly quotas?: Partial<IdealQuotas>;
  /** When sessions and tries are started, in seconds. */
  readonly starts: readonly number[];
  readonly makespan: number;
}

const times = (count: number, second: number) => Array.from({ length: count }, () => second);

/** Sessions of 100 s on ticks of 15 s: a place is given anew after 105 s. */
const CASES: readonly Case[] = [
  { name: 'one alert', alerts: oneEach(1), starts: [0], makespan: 100 },
  { name: 'an alert between two ticks waits for the second', alerts: oneEach(1, 1), starts: [15], makespan: 114 },
  {
    name: 'on one place one after the other',
    alerts: oneEach(3),
    quotas: { sessions: 1 },
    starts: [0, 105, 210],
    makespan: 310,
  },
  {
    name: 'as many places as machines: ten starts a minute bind',
    alerts: oneEach(20),
    starts: [...times(10, 0), ...times(10, 60)],
    makespan: 160,
  },
  {
    name: 'fewer places than machines: places and starts bind in turn',
    alerts: oneEach(25),
    starts: [...times(10, 0), ...times(10, 60), ...times(5, 120)],
    makespan: 220,
  },
  {
    name: 'the more severe first, then the earlier',
    alerts: [
      { at: 0, on: 'a' },
      { at: 1, on: 'b' },
      { at: 2, on: 'c', severity: 'High' },
    ],
    quotas: { sessions: 1 },
    starts: [0, 105, 210],
    makespan: 310,
  },
  {
    name: 'alerts on one machine before its session: one session',
    alerts: [
      { at: 0, on: 'a' },
      { at: 1, on: 'b' },
      { at: 2, on: 'b', files: ['/tmp/b'] },
    ],
    quotas: { sessions: 1 },
    starts: [0, 105],
    makespan: 205,
  },
  {
    name: 'an alert for the same file while the session runs is covered',
    alerts: [
      { at: 0, on: 'a' },
      { at: 50, on: 'a' },
    ],
    starts: [0],
    makespan: 100,
  },
  {
    name: 'an alert for another file while the session runs has its own after it',
    alerts: [
      { at: 0, on: 'a' },
      { at: 50, on: 'a', files: ['/tmp/b'] },
    ],
    starts: [0, 105],
    makespan: 205,
  },
  {
    name: 'a more severe alert while the session runs has its own after it',
    alerts: [
      { at: 0, on: 'a' },
      { at: 50, on: 'a', severity: 'High' },
    ],
    starts: [0, 105],
    makespan: 205,
  },
  {
    name: 'a machine that is away holds a place for the pending limit, and is tried again after 15 min',
    alerts: [
      { at: 0, on: 'away' },
      { at: 0, on: 'a' },
    ],
    away: { away: 3_000 },
    quotas: { sessions: 1 },
    starts: [0, 1_200, 2_100],
    makespan: 1_300,
  },
  {
    name: 'tries in vain are 15, 30 and 60 min apart',
    alerts: [{ at: 0, on: 'away' }],
    away: { away: 12_000 },
    starts: [0, 2_100, 5_100, 9_900, 18_300],
    makespan: 0,
  },
  {
    name: 'a machine that comes back within the limit is collected then',
    alerts: [
      { at: 0, on: 'back' },
      { at: 0, on: 'a' },
    ],
    away: { back: 600 },
    quotas: { sessions: 1 },
    starts: [0, 705],
    makespan: 805,
  },
  {
    name: 'an alert is covered by the files that another one brought into the session',
    alerts: [
      { at: 0, on: 'a', files: ['/tmp/a'] },
      { at: 0, on: 'a', files: ['/tmp/b'] },
      { at: 50, on: 'a', files: ['/tmp/b'] },
    ],
    starts: [0],
    makespan: 100,
  },
  {
    name: 'while a first try pends for long, one that was in vain before waits, and nobody waits for it',
    alerts: [
      { at: 0, on: 'away', severity: 'High' },
      { at: 1_500, on: 'away too' },
      { at: 2_100, on: 'a' },
    ],
    away: { away: 2_300, 'away too': Number.POSITIVE_INFINITY },
    quotas: { sessions: 5 },
    starts: [0, 1_500, 2_100, 2_700],
    makespan: 2_200,
  },
  {
    name: 'nobody waits for a machine that never answers',
    alerts: [
      { at: 0, on: 'never' },
      { at: 0, on: 'a' },
    ],
    away: { never: Number.POSITIVE_INFINITY },
    starts: [0, 0],
    makespan: 100,
  },
];

describe('the ideal schedule of storms by hand', () => {
  it.each(CASES)('$name', ({ alerts, away = {}, quotas = {}, starts, makespan }) => {
    const storm = makeStormByHand(alerts, away);
    const ideal = scheduleIdeal(storm, { ...SHIPPED, ...quotas });
    expect(ideal.places.map(({ fromMs }) => fromMs / 1000)).toEqual(starts);
    expect(measure(storm, ideal, 20).makespanMs / 1000).toBe(makespan);
  });

  it('the more severe alert is the one that goes first', () => {
    const storm = makeStormByHand([
      { at: 0, on: 'a' },
      { at: 1, on: 'b' },
      { at: 2, on: 'c', severity: 'High' },
    ]);
    const ideal = scheduleIdeal(storm, { ...SHIPPED, sessions: 1 });
    expect(ideal.places.map(({ machineId }) => machineId)).toEqual(['a', 'c', 'b']);
  });

  it('a job is as severe as the most severe of its alerts', () => {
    const storm = makeStormByHand([
      { at: 0, on: 'a' },
      { at: 1, on: 'b' },
      { at: 2, on: 'c' },
      { at: 3, on: 'c', severity: 'High' },
    ]);
    const ideal = scheduleIdeal(storm, { ...SHIPPED, sessions: 1 });
    expect(ideal.places.map(({ machineId }) => machineId)).toEqual(['a', 'c', 'b']);
  });

  it('a machine that is back counts as any other', () => {
    const later = [
      { at: 4_000, on: 'a', files: ['/tmp/b'] },
      { at: 4_000, on: 'b', files: ['/tmp/b'] },
    ];
    const storm = makeStormByHand([{ at: 0, on: 'a' }, { at: 0, on: 'b' }, ...later], { a: 1_500, b: 1_500 });
    const ideal = scheduleIdeal(storm, { ...SHIPPED, sessions: 5 });
    const starts = ideal.places.map(({ fromMs }) => fromMs / 1000);
    expect(starts.filter((second) => second > 3_900)).toEqual([4_005, 4_005]);
  });

  it('machines that let a try pass hold at most a fifth of the places again', () => {
    const away = Object.fromEntries(oneEach(12).map(({ on }) => [on, 40_000]));
    const ideal = scheduleIdeal(makeStormByHand(oneEach(12), away), { ...SHIPPED, sessions: 10 });
    const again = ideal.places.filter(({ fromMs }) => fromMs >= 2_400_000);
    expect(again.length).toBeGreaterThan(12);
    for (const { fromMs } of again)
      expect(again.filter((place) => place.fromMs <= fromMs && place.untilMs > fromMs).length).toBeLessThanOrEqual(2);
  });

  it('keeps all quotas in a drawn storm, serves everything that answers, and is no shorter than the area alone', () => {
    const storm = drawStorm({ alerts: 200, machines: 80, seed: 7 });
    const ideal = scheduleIdeal(storm);
    for (const { fromMs, machineId } of ideal.places) {
      const held = ideal.places.filter((place) => place.fromMs <= fromMs && place.untilMs > fromMs);
      expect(held.length).toBeLessThanOrEqual(20);
      expect(held.filter((place) => place.machineId === machineId)).toHaveLength(1);
      expect(
        ideal.places.filter((place) => place.fromMs <= fromMs && place.fromMs > fromMs - 60_000).length,
      ).toBeLessThanOrEqual(10);
    }
    const seen = measure(storm, ideal, 20);
    expect(seen.notServed).toBe(0);
    expect(seen.makespanMs).toBeGreaterThan(leastByArea(storm));
  });
});

describe('the time that the places alone need', () => {
  it.each([
    ['sessions only', oneEach(4), {}, 200],
    [
      'a try of a machine that is away counts as the pending limit',
      [...oneEach(4), { at: 0, on: 'away' }],
      { away: 9_999 },
      1_200,
    ],
    [
      'many machines that are away',
      oneEach(6).map(({ at, on }) => ({ at, on })),
      Object.fromEntries(oneEach(6).map(({ on }) => [on, 9_999])),
      3_600,
    ],
    [
      'two alerts of one machine count once',
      [
        { at: 0, on: 'a' },
        { at: 0, on: 'a' },
      ],
      {},
      100,
    ],
  ] as const)('%s', (_, alerts, away, seconds) => {
    expect(leastByArea(makeStormByHand(alerts, away), { ...SHIPPED, sessions: 2 }) / 1000).toBe(seconds);
  });
});
