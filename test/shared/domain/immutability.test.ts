import { expect, it } from 'vitest';
import { announceImmutability, type Immutability } from '../../../shared/domain/immutability.ts';

it.each<[Immutability, string]>([
  [{ state: 'none' }, 'none'],
  [{ state: 'locked', until: '2027-11-21T00:00:00.000Z' }, 'locked until 2027-11-21T00:00:00.000Z'],
  [{ state: 'unlocked', until: '2027-11-21T00:00:00.000Z' }, 'unlocked until 2027-11-21T00:00:00.000Z'],
  [{ state: 'locked', until: null }, 'locked'],
  [
    { state: 'under a policy' },
    "by a policy of the container, whose own properties tell whether it is locked, and for how long after a file's creation it holds",
  ],
  [{ state: 'not told' }, 'not told by the storage'],
])('bag-info.txt says of %j: %s', (kept, value) => {
  expect(announceImmutability(kept)).toEqual({ label: 'Immutability', value });
});
