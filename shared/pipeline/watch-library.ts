import type { OpenEntry } from '../domain/open-entry.ts';
import type { Ports } from './ports.ts';
import type { LibraryView } from './view-library.ts';

/** How often the library is listed while live responses pend, at most. */
const WATCH_EVERY_MS = 60_000;
/** Of the hour's calls to the library, the part that watching it may use. */
const SHARE = 0.2;

/** Lists the library if a live response pends and it is this instance's turn: whoever swaps a script before it is run is seen. */
export async function watchLibrary(
  ports: Ports,
  library: LibraryView,
  entries: readonly OpenEntry[],
): Promise<'listed' | 'not listed'> {
  if (!entries.some(isPending)) return 'not listed';
  const intervalMs = Math.max(WATCH_EVERY_MS, 3_600_000 / (ports.callsPerHour * SHARE));
  if ((await ports.watching.take(intervalMs)) === 'not yet') return 'not listed';
  await library.list();
  return 'listed';
}

/** Whether a collection's live response was sent and had not been taken up when it was last seen. */
export function isPending({ status, action }: OpenEntry): boolean {
  return status === 'running' && action?.status === 'Pending' && action.cancelAskedAt === null;
}
