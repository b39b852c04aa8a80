/** So many calls in any span of that length. */
export interface CallLimit {
  readonly calls: number;
  readonly spanMs: number;
}

/** Whether a call is let through, or in how many ms the next one would be. */
export type Admitted = { readonly admitted: 'yes' } | { readonly admitted: 'no'; readonly afterMs: number };

/** The sliding windows of one API as Defender counts them; a call that is turned away takes no place. */
export interface CallWindow {
  readonly admit: (nowMs: number) => Admitted;
}

/** Windows of which nothing is used. */
export function openWindow(limits: readonly CallLimit[]): CallWindow {
  let taken: number[] = [];
  const longestMs = Math.max(...limits.map(({ spanMs }) => spanMs));
  return {
    admit: (nowMs) => {
      taken = taken.filter((atMs) => nowMs - atMs < longestMs);
      const waits = limits.map(({ calls, spanMs }) => {
        // The window is full for as long as the call that came so many calls ago is in it.
        const filling = taken[taken.length - calls];
        return filling === undefined ? 0 : Math.max(0, filling + spanMs - nowMs);
      });
      const afterMs = Math.max(...waits);
      if (afterMs > 0) return { admitted: 'no', afterMs };
      taken.push(nowMs);
      return { admitted: 'yes' };
    },
  };
}
