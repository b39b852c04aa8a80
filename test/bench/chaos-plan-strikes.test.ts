import { describe, expect, it } from 'vitest';
import { seedChance } from '../../bench/chaos/chance.ts';
import { planStrikes, type Strike } from '../../bench/chaos/plan-strikes.ts';

const plan = (seed: number, kills: number) => planStrikes(seedChance(seed), kills);
const namesOf = (strikes: readonly Strike[]) =>
  strikes.map(({ aim }) => (aim.at === 'time' ? 'time' : `${aim.at} ${aim.call}`));

describe('the kills of a run', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(plan(7, 30)).toEqual(plan(7, 30));
    expect(plan(8, 30)).not.toEqual(plan(7, 30));
  });

  it.each([1, 5, 30, 100])('are as many as were asked for: %i', (kills) => {
    expect(plan(3, kills).map(({ number }) => number)).toEqual(Array.from({ length: kills }, (_, index) => index + 1));
  });

  it.each([0, 1, 2, 4_294_967_295])('meet every boundary of the pipeline in a run of thirty, seed %i', (seed) => {
    const names = namesOf(plan(seed, 30));
    expect(names[0]).toMatch(/^(before|after) upload$/);
    expect(names.slice(1, 4)).toContain('before start');
    const wanted = ['start', 'save', 'commit', 'text', 'ticket', 'quota', 'lane', 'link', 'insert', 'block'];
    for (const call of wanted) expect(names).toContain(`after ${call}`);
    for (const call of ['save', 'commit', 'text', 'ticket', 'custody line']) expect(names).toContain(`before ${call}`);
    expect(names.filter((name) => name === 'after start').length).toBeGreaterThanOrEqual(6);
    expect(names).toContain('time');
  });

  it('fall on one app, and at times on two, of which both may die at once', () => {
    const strikes = plan(5, 100);
    const two = strikes.filter(({ apps }) => apps === 'two');
    expect(two.length).toBeGreaterThan(20);
    expect(new Set(two.map(({ byTime }) => byTime))).toEqual(new Set(['first', 'second', 'both']));
    const one = strikes.filter(({ apps }) => apps === 'one');
    expect(new Set(one.map(({ byTime }) => byTime))).toEqual(new Set(['first']));
  });

  it('come within milliseconds of their call, and never after a call that was cut off', () => {
    for (const { aim, waitMs } of plan(11, 100)) {
      expect(waitMs).toBeLessThanOrEqual(6_000);
      if (aim.at === 'before') expect(aim.lagMs).toBe(0);
      if (aim.at === 'after') expect(aim.lagMs).toBeLessThanOrEqual(25);
    }
  });
});
