import { expect, it } from 'vitest';
import { listStrikes, tryStrikes } from './crash-points.ts';
import { SMALL } from './small-scenario.ts';

it('I1 to I9, I11: hold when any one call crashes before or after its effect, loses its answer, or comes late or twice', async () => {
  const strikes = await listStrikes(SMALL);
  expect(strikes.length).toBeGreaterThan(400);
  expect(
    await tryStrikes(
      SMALL,
      strikes.map((strike) => [strike]),
    ),
  ).toEqual([]);
}, 300_000);
