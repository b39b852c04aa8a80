import { setTimeout as sleep } from 'node:timers/promises';
import { compose } from '../../shared/compose.ts';
import { explainFault } from '../../shared/explain-fault.ts';
import { type Synced, type SyncOrder, syncLibrary } from '../../shared/pipeline/sync-library.ts';
import type { Environment } from '../../shared/settings.ts';
import { readServiceTime } from '../../shared/state/shared-row.ts';

/** What a sync from one's own machine came to; `not compared` when settings, Defender or storage kept it from it. */
export type SyncedFromHere = Synced | { readonly outcome: 'not compared'; readonly why: string };

/** Syncs the library as the app would: its settings, its scripts, and its share of the quotas, which lie in StateStorage. */
export async function syncFromHere(environment: Environment, order: SyncOrder): Promise<SyncedFromHere> {
  const composed = tryCompose(environment);
  if (typeof composed === 'string') return { outcome: 'not compared', why: composed };
  try {
    const { ports } = await composed.open();
    return await syncLibrary(ports, order);
  } catch (fault) {
    return { outcome: 'not compared', why: explainFault(fault).reason };
  }
}

/** The collector without its telemetry, or what is wrong with the settings, all in one message. */
function tryCompose(environment: Environment): ReturnType<typeof compose> | string {
  const world = {
    now: () => new Date(),
    wait: async (ms: number, signal?: AbortSignal) => {
      await sleep(ms, undefined, signal === undefined ? {} : { signal });
    },
    random: Math.random,
    readServiceTime,
    log: () => undefined,
  };
  try {
    return compose(environment, world);
  } catch (fault) {
    return fault instanceof Error ? fault.message : 'The settings cannot be read.';
  }
}
