import type { Clock } from '../../../local/simulator/clock.ts';

/** A clock that stands still until it is advanced; who sleeps wakes when its time has come. */
export type ManualClock = Clock & { advance(ms: number): void };

/** Makes a clock that stands at a time. */
export function createManualClock(startsAt: string): ManualClock {
  let nowMs = Date.parse(startsAt);
  const sleepers = new Set<{ untilMs: number; wake(): void }>();
  const wakeDue = (): void => {
    for (const sleeper of [...sleepers]) {
      if (sleeper.untilMs > nowMs) continue;
      sleepers.delete(sleeper);
      sleeper.wake();
    }
  };
  return {
    now: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const sleeper = { untilMs: nowMs + ms, wake: resolve };
        signal.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        });
        sleepers.add(sleeper);
        wakeDue();
      }),
    advance: (ms) => {
      nowMs += ms;
      wakeDue();
    },
  };
}
