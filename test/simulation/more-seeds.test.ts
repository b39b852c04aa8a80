import { expect, it } from 'vitest';
import { trySeeds } from './try-seeds.ts';

// In a file of its own, so that both halves run side by side.
it('I1 to I9, I11: hold for 150 more seeds', async () => {
  expect(await trySeeds(151, 150)).toEqual([]);
}, 300_000);
