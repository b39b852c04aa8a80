/** A clock that stands still while work is done, and jumps to the next thing that somebody waits for. */
export interface VirtualTime {
  /** Ms since the storm's beginning. */
  readonly nowMs: () => number;
  readonly now: () => Date;
  readonly wait: (ms: number) => Promise<void>;
  /** Begins work that nobody waits for; what it throws ends the run. */
  readonly begin: (work: () => Promise<void>) => void;
  /** Runs until the given word is `over`, or nobody waits for anything any more; throws what begun work threw. */
  readonly run: (tell: () => 'over' | 'goes on') => Promise<void>;
}

interface Waiter {
  readonly atMs: number;
  readonly go: () => void;
}

const BEGINNING_MS = Date.parse('2026-11-20T08:00:00.000Z');

/** A virtual clock at the storm's beginning; those who wait until the same time go on in the order in which they began to wait. */
export function startVirtualTime(): VirtualTime {
  let nowMs = 0;
  const waiters: Waiter[] = [];
  const faults: unknown[] = [];

  const add = (waiter: Waiter): void => {
    let place = waiters.length;
    // Sorted backwards, so that the next one is taken from the end; who waits is mostly near it.
    while (place > 0 && (waiters[place - 1]?.atMs ?? 0) <= waiter.atMs) place -= 1;
    waiters.splice(place, 0, waiter);
  };
  return {
    nowMs: () => nowMs,
    now: () => new Date(BEGINNING_MS + nowMs),
    wait: (ms) => new Promise((resolve) => add({ atMs: nowMs + Math.max(0, ms), go: resolve })),
    begin: (work) => {
      work().catch((fault: unknown) => faults.push(fault));
    },
    run: async (tell) => {
      for (;;) {
        await settle();
        if (faults.length > 0) throw faults[0];
        const next = tell() === 'over' ? undefined : waiters.pop();
        if (next === undefined) return;
        nowMs = next.atMs;
        next.go();
      }
    },
  };
}

/** Lets all work go on that waits for nothing but other work: a turn of the event loop comes after every promise. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
