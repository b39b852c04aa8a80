import { expect, test } from 'vitest';
import { realClock } from '../../../local/simulator/clock.ts';

test('a sleep longer than a timer of Node can wait does not end at once', async () => {
  const stop = new AbortController();
  let end = 'none';
  const wake = (): void => {
    end = 'woke';
  };
  const sleeping = realClock.sleep(2 ** 31 + 1, stop.signal).then(wake, (error: unknown) => {
    end = String(error);
  });
  // A timer that overflowed would be one of 1 ms, which ends before this one of 5 ms that was set later.
  await realClock.sleep(5, new AbortController().signal);
  expect(end).toBe('none');
  stop.abort();
  await sleeping;
  expect(end).toMatch(/AbortError/);
});
