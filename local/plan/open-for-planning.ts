import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Collector, compose } from '../../shared/compose.ts';
import { readServiceTime } from '../../shared/state/shared-row.ts';
import { readLocalSettings } from '../host/read-local-settings.ts';

/** The collector with the settings of this machine, silent: its telemetry is not a person's. */
export async function openForPlanning(): Promise<Collector> {
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
  return compose({ ...local, ...process.env }, world).open();
}
