import { expect, it } from 'vitest';
import { listStrikes, tryStrikes } from './crash-points.ts';
import { SMALL } from './small-scenario.ts';
import { trySeeds } from './try-seeds.ts';

it('I1 to I9, I11: hold for 2,000 seeds', async () => {
  expect(await trySeeds(1_001, 2_000)).toEqual([]);
}, 900_000);

it("I1 to I9, I11: hold when any one call is struck while the timer keeps the product's own pace", async () => {
  const scenario = { ...SMALL, settings: { ...SMALL.settings, tickMs: 15_000 } };
  const strikes = await listStrikes(scenario);
  expect(strikes.length).toBeGreaterThan(750);
  expect(
    await tryStrikes(
      scenario,
      strikes.map((strike) => [strike]),
    ),
  ).toEqual([]);
}, 900_000);

it('I1 to I9, I11: hold for a sample of all pairs of faults', async () => {
  const strikes = await listStrikes(SMALL);
  // Pairs that lie a prime number of calls apart: a sample that is the same each time and repeats none.
  const pairs = [7, 31, 101, 211].flatMap((apart) =>
    strikes.slice(0, strikes.length - apart).flatMap((first, index) => {
      const second = strikes[index + apart];
      return second === undefined || index % 3 !== 0 ? [] : [[first, second] as const];
    }),
  );
  expect(pairs.length).toBeGreaterThan(500);
  expect(await tryStrikes(SMALL, pairs)).toEqual([]);
}, 900_000);
