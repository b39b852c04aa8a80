import type { Clock } from './clock.ts';
import { isOpen, type StoredAction } from './machine-action.ts';

/** What goes on after an answer was given; `end` waits for all of it and rejects if anything had failed. */
export type RunningWork = {
  signal: AbortSignal;
  follow(action: StoredAction, work: () => Promise<void>): void;
  stop(): void;
  end(): Promise<void>;
};

/** Keeps track of the lives of actions, which a driven clock waits for; a life that fails inside ends its action as Failed. */
export function createRunningWork(clock: Clock): RunningWork {
  const stopping = new AbortController();
  const failures: unknown[] = [];
  const running = new Set<Promise<void>>();
  return {
    signal: stopping.signal,
    follow: (action, work) => {
      const life = (clock.track === undefined ? work() : clock.track(work))
        .catch((error: unknown) => {
          if (stopping.signal.aborted) return;
          failures.push(error);
          if (isOpen(action)) action.entity.status = 'Failed';
        })
        .finally(() => running.delete(life));
      running.add(life);
    },
    stop: () => stopping.abort(),
    end: async () => {
      await Promise.all(running);
      if (failures.length > 0) throw new AggregateError(failures, 'The Defender simulator failed inside.');
    },
  };
}
