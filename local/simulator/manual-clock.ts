import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from './clock.ts';

/** A clock that stands still until it is advanced. */
export type ManualClock = Required<Clock> & {
  /**
   * Passes time from sleeper to sleeper, in the order of their times: each wakes at exactly its own time, and what it
   * does then, until it sleeps again, is done before time goes on. Not to be awaited inside tracked work, which it
   * waits for; rejects with a RangeError for a time that is negative or no number.
   */
  advance(ms: number): Promise<void>;
};

type Worker = { sleeping: number };
type Sleeper = { untilMs: number; wake(): void };

/** Turns of the event loop in which nothing was busy, after which what is not tracked is taken to have come to rest. */
const quietTurns = 3;

/** Makes a manual clock that stands at an ISO 8601 time. */
export function createManualClock(startsAt: string): ManualClock {
  let nowMs = Date.parse(startsAt);
  let advancing: Promise<void> = Promise.resolve();
  const sleepers = new Set<Sleeper>();
  const workers = new Set<Worker>();
  const current = new AsyncLocalStorage<Worker>();

  function sleep(ms: number, signal: AbortSignal): Promise<void> {
    const worker = current.getStore();
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      if (ms <= 0) return resolve();
      if (worker !== undefined) worker.sleeping += 1;
      const end = (): void => {
        sleepers.delete(sleeper);
        signal.removeEventListener('abort', abort);
        if (worker !== undefined) worker.sleeping -= 1;
      };
      const abort = (): void => {
        end();
        reject(signal.reason);
      };
      const sleeper: Sleeper = {
        untilMs: nowMs + ms,
        wake: () => {
          end();
          resolve();
        },
      };
      signal.addEventListener('abort', abort);
      sleepers.add(sleeper);
    });
  }

  async function settle(): Promise<void> {
    for (let quiet = 0; quiet < quietTurns; ) {
      await nextTurn();
      quiet = [...workers].some((worker) => worker.sleeping === 0) ? 0 : quiet + 1;
    }
  }

  async function passTo(targetMs: number): Promise<void> {
    for (;;) {
      await settle();
      const next = Math.min(...[...sleepers].map((sleeper) => sleeper.untilMs));
      if (next > targetMs) break;
      nowMs = next;
      for (const sleeper of [...sleepers]) if (sleeper.untilMs === next) sleeper.wake();
    }
    nowMs = targetMs;
  }

  return {
    now: () => nowMs,
    sleep,
    track: async (work) => {
      const worker: Worker = { sleeping: 0 };
      workers.add(worker);
      try {
        return await current.run(worker, work);
      } finally {
        workers.delete(worker);
      }
    },
    advance: async (ms) => {
      if (!(ms >= 0)) throw new RangeError(`A clock is advanced by 0 ms or more, not by ${ms}.`);
      const passed = advancing.then(() => passTo(nowMs + ms));
      advancing = passed;
      await passed;
    },
  };
}

/** Tells whether a clock is one that is advanced by hand. */
export function isManualClock(clock: Clock): clock is ManualClock {
  return 'advance' in clock;
}
