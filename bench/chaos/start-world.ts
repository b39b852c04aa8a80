import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scenario } from '../../local/simulator/scenario.ts';
import { type Simulator, startSimulator } from '../../local/simulator/start-simulator.ts';
import { type Azurite, startAzurite } from '../../local/storage/start-azurite.ts';
import { QUOTAS } from './make-scenario.ts';
import type { Service } from './name-call.ts';
import { openPassage, type Watcher } from './passage.ts';
import type { InstanceName } from './plan-strikes.ts';
import { createSlot, type Slot } from './slot.ts';
import { type Aiming, takeAim } from './take-aim.ts';
import { type WriteWatch, watchWrites } from './watch-writes.ts';

/** Everything that a run starts, and how to end all of it. */
export interface World {
  readonly storage: Azurite;
  readonly simulator: Simulator;
  readonly slots: Readonly<Record<InstanceName, Slot>>;
  readonly aiming: Aiming;
  readonly writes: WriteWatch;
  readonly logFolder: string;
  readonly close: () => Promise<void>;
}

/** Starts storage and simulator, and makes the places of two apps, each with passages of its own; a fault ends what was started. */
export async function startWorld(folder: string, scenario: Scenario): Promise<World> {
  const started: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    const faults: unknown[] = [];
    for (let end = started.pop(); end !== undefined; end = started.pop())
      await end().catch((fault: unknown) => faults.push(fault));
    if (faults.length > 0) throw faults[0];
  };
  try {
    const logFolder = join(folder, 'logs');
    await mkdir(logFolder, { recursive: true });
    const storage = await startAzurite();
    started.push(storage.close);
    const simulator = await startSimulator({ scenario, folder: join(folder, 'simulator') });
    started.push(simulator.close);
    const writes = watchWrites();
    const aiming = takeAim();
    const makeSlot = async (name: InstanceName): Promise<Slot> => {
      const watcher = watchTogether(writes.watcher, aiming.watch(name));
      const pass = async (service: Service, target: string): Promise<string> => {
        const passage = await openPassage(service, target, watcher);
        started.push(passage.close);
        return passage.origin;
      };
      const settings = await makeSettings(storage, simulator, pass);
      const slot = createSlot({ name, settings, logFolder });
      started.push(slot.close);
      return slot;
    };
    const slots = { first: await makeSlot('first'), second: await makeSlot('second') };
    return { storage, simulator, slots, aiming, writes, logFolder, close };
  } catch (fault) {
    await close();
    throw fault;
  }
}

async function makeSettings(
  storage: Azurite,
  simulator: Simulator,
  pass: (service: Service, target: string) => Promise<string>,
): Promise<Readonly<Record<string, string>>> {
  const [blob, table] = [new URL(storage.blobUrl).origin, new URL(storage.tableUrl).origin];
  const connection = storage.connectionString
    .replace(blob, await pass('blob', blob))
    .replace(table, await pass('table', table));
  return {
    StateStorage: connection,
    EvidenceStorage: connection,
    DEFENDER_API_URL: await pass('defender', simulator.apiUrl),
    DEFENDER_ACCESS_TOKEN: simulator.token,
    RESULT_LINK_HOSTS: 'http://127.0.0.1',
    POLL_SCHEDULE: '* * * * * *',
    LIVE_RESPONSE_CALLS_PER_MINUTE: String(QUOTAS.startsPerMinute),
    LIVE_RESPONSE_SESSIONS: String(QUOTAS.sessions),
    API_CALLS_PER_MINUTE: String(QUOTAS.callsPerMinute),
    API_CALLS_PER_HOUR: String(QUOTAS.callsPerHour),
    MODE: 'collect',
  };
}

/** Both see each call; it is cut off when the second one says so. */
function watchTogether(first: Watcher, second: Watcher): Watcher {
  return {
    onArrival: (passing) => {
      first.onArrival(passing);
      return second.onArrival(passing);
    },
    onAnswer: (passing, answered) => {
      first.onAnswer(passing, answered);
      second.onAnswer(passing, answered);
    },
  };
}
