import { it } from 'vitest';
import { expectMarked } from './tampered-fleet.ts';

it('a script that is swapped once it runs and is swapped back before anyone looks marks what it left', async () => {
  await expectMarked('is swapped back', 'was changed since and is the reviewed script again');
});
