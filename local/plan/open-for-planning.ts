import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Collector, compose } from '../../shared/compose.ts';
import { readServiceTime } from '../../shared/state/shared-row.ts';
import { readLocalSettings } from '../host/read-local-settings.ts';

/** The collector, or what its settings lack. */
export type OpenedForPlanning =
  | { readonly outcome: 'open'; readonly collector: Collector }
  | { readonly outcome: 'fault'; readonly fault: string };

/** The collector with the settings of this machine, silent: its telemetry is not a person's. */
export async function openForPlanning(): Promise<OpenedForPlanning> {
  const local = readLocalSettings(fileURLToPath(new URL('../../local.settings.json', import.meta.url)));
  const world = {
    now: () => new Date(),
    wait: async (ms: number, signal?: AbortSignal) => {
      await sleep(ms, undefined, signal === undefined ? {} : { signal });
    },
    random: Math.random,
    readServiceTime,
    log: () => undefined,
  };
  const composed = tryCompose(() => compose({ ...local, ...process.env }, world));
  return composed.outcome === 'fault' ? composed : { outcome: 'open', collector: await composed.value.open() };
}

/** Faults of the settings are one error whose message names them and holds no value. */
function tryCompose<T>(make: () => T): { outcome: 'made'; value: T } | { outcome: 'fault'; fault: string } {
  try {
    return { outcome: 'made', value: make() };
  } catch (fault) {
    if (!(fault instanceof Error)) throw fault;
    return { outcome: 'fault', fault: fault.message.replaceAll(/\s*\n\s*/g, ' ') };
  }
}
