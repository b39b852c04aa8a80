import { setTimeout as delay } from 'node:timers/promises';

/**
 * A source of time: `now` in ms since 1970, `sleep` rejects with an AbortError as soon as its signal is aborted. A clock
 * that is driven by hand also wants to know what runs by it: it passes time only while all that is tracked sleeps.
 */
export type Clock = {
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  track?<T>(work: () => Promise<T>): Promise<T>;
};

/** The longest that a timer of Node can wait; a longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/** The clock of the operating system. */
export const realClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    let leftMs = ms;
    for (; leftMs > longestTimerMs; leftMs -= longestTimerMs) await delay(longestTimerMs, undefined, { signal });
    await delay(leftMs, undefined, { signal });
  },
};
