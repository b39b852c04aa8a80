import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from '../../local/start/show-progress.ts';
import { findLeftovers } from './check-leftovers.ts';
import { readCollections } from './read-collections.ts';
import { listTickets, readRows } from './read-storage.ts';
import type { World } from './start-world.ts';

const LOOK_EVERY_MS = 1_000;
const SAY_EVERY_MS = 20_000;

/** Looks every second until nothing is left to be done or given back, or the signal aborts; says now and then what is. */
export async function waitForPeace(world: World, progress: Progress, signal: AbortSignal): Promise<void> {
  let saidMs = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    const left = await describeLeft(world);
    if (left === null) return;
    progress.waitFor(left);
    if (performance.now() - saidMs > SAY_EVERY_MS) {
      progress.say(left);
      saidMs = performance.now();
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** What is waited for in one line, null when it is nothing. */
async function describeLeft({ storage, simulator }: World): Promise<string | null> {
  const rows = await readRows(storage.connectionString);
  const tickets = await listTickets(storage.connectionString);
  const left = findLeftovers({ rows, tickets, actions: simulator.actions() });
  if (left.length === 0) return null;
  const open = readCollections(rows).filter(({ endedAt }) => endedAt === null);
  const statuses = [...new Set(open.map(({ status }) => status))];
  const counts = statuses.map((status) => `${open.filter((one) => one.status === status).length} ${status}`);
  const others = open.length > 0 ? '' : `; left over: ${left[0]?.where}: ${left[0]?.what}`;
  return `Waiting for ${open.length} collections (${counts.join(', ') || 'none'}), ${tickets.length} tickets${others}`;
}
