import fc from 'fast-check';
import { expect, test } from 'vitest';
import { busiestWindow } from '../../../local/simulator/busiest-window.ts';

test.each([
  [[], 0],
  [[5], 1],
  [[0, 59_999], 2],
  [[0, 60_000], 1],
  [[60_001, 0, 60_000, 1], 2],
  [[0, 0, 0], 3],
  [[0, 10, 20, 60_005, 60_010, 60_015], 4],
])('of calls at %j at most %d are in any minute', (times, most) => {
  expect(busiestWindow(times, 60_000)).toBe(most);
});

test('it is the largest count that begins at any call', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 100 }),
      (times, windowMs) => {
        const counts = times.map((from) => times.filter((at) => at >= from && at < from + windowMs).length);
        expect(busiestWindow(times, windowMs)).toBe(Math.max(0, ...counts));
      },
    ),
  );
});

test('a time that is none is refused', () => {
  expect(() => busiestWindow([0, Date.parse('soon')], 60_000)).toThrow(RangeError);
});
