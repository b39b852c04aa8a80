/**
 * The most calls in any sliding window of that length: times in ms since 1970, in any order. Two calls that are exactly
 * a window apart are in no window together. Throws a RangeError for a time that is no number.
 */
export function busiestWindow(timesMs: readonly number[], windowMs: number): number {
  if (timesMs.some(Number.isNaN)) throw new RangeError('A time in the list is no number.');
  const sorted = timesMs.toSorted((left, right) => left - right);
  let first = 0;
  let most = 0;
  for (const [last, atMs] of sorted.entries()) {
    while (atMs - (sorted[first] ?? atMs) >= windowMs) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
