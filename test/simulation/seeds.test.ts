import { expect, it } from 'vitest';
import { trySeeds } from './try-seeds.ts';

// A failing seed is replayed by: npm run simulate -- --seed X
it('I1 to I9, I11: hold for 150 seeds of instances, messages and faults', async () => {
  expect(await trySeeds(1, 150)).toEqual([]);
}, 300_000);
