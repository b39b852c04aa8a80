import { setTimeout as delay } from 'node:timers/promises';

/** A source of time: `now` in ms since 1970, `sleep` rejects with an AbortError as soon as its signal is aborted. */
export type Clock = { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };

/** The clock of the operating system. */
export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
};
