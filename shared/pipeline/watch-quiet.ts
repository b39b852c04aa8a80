import type { CollectionsPort, QuietPort } from './ports.ts';

/** With more open collections than this a door leaves all work to the poll. */
const QUIET_OPEN = 10;
/** So long a door takes what the last one saw: in a storm, one question of the index a second in place of one an alert. */
const BUSY_MS = 1_000;

/**
 * Whether a door may go on by itself. That much is open is remembered for a second, as a door that leaves its alert to the
 * poll does no harm; that little is open is asked each time, or all alerts of one moment would go on at once.
 */
export function watchQuiet(collections: Pick<CollectionsPort, 'listOpen'>, now: () => Date): QuietPort {
  let busySinceMs = Number.NEGATIVE_INFINITY;
  return {
    async ask() {
      const sinceMs = now().getTime() - busySinceMs;
      if (sinceMs >= 0 && sinceMs < BUSY_MS) return 'busy';
      const open = await collections.listOpen(QUIET_OPEN + 1);
      if (open.length <= QUIET_OPEN) return 'quiet';
      busySinceMs = now().getTime();
      return 'busy';
    },
  };
}
