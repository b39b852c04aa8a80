import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Load, loadScenario } from '../../local/simulator/load-scenario.ts';
import { createManualClock, type ManualClock } from '../../local/simulator/manual-clock.ts';
import { type Simulator, startSimulator } from '../../local/simulator/start-simulator.ts';
import { startAzurite } from '../../local/storage/start-azurite.ts';
import { type Collector, compose } from '../../shared/compose.ts';
import { type Collection, stageOf } from '../../shared/domain/collection.ts';
import { pollMachineActions } from '../../shared/pipeline/poll-machine-actions.ts';
import { receiveAlerts } from '../../shared/pipeline/receive-alerts.ts';
import { takeTicket } from '../../shared/pipeline/take-ticket.ts';

/** Waits that are shorter than this pass for real: they are between calls, not between times of day. */
const REAL_WAIT_MS = 1_000;

/** Several instances of the composed collector on one storage and one simulator, with a clock that a test drives. */
export interface Fleet {
  readonly clock: ManualClock;
  readonly simulator: Simulator;
  readonly instances: readonly Collector[];
  /** Every alert of the load, given to the instances in turn; answers the ids of their collections. */
  readonly receiveAll: () => Promise<readonly string[]>;
  /** One poll of every instance at once, and what tickets there are taken, as the platform would. */
  readonly pollAll: () => Promise<void>;
  readonly show: (id: string) => Promise<Collection>;
  readonly close: () => Promise<void>;
}

/** Starts a fleet; the storage emulator's own clock plays no part, as the service's time is the driven one too. */
export async function startFleet(options: {
  readonly instances: number;
  readonly load: Load;
  readonly settings?: Readonly<Record<string, string>>;
}): Promise<Fleet> {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-'));
  const clock = createManualClock('2026-11-20T08:00:00.000Z');
  const scenario = loadScenario({ now: new Date(clock.now()), ...options.load });
  const simulator = await startSimulator({ scenario, folder: join(folder, 'simulator'), clock });
  const storage = await startAzurite();
  const environment = {
    StateStorage: storage.connectionString,
    EvidenceStorage: storage.connectionString,
    DEFENDER_API_URL: simulator.apiUrl,
    DEFENDER_ACCESS_TOKEN: simulator.token,
    RESULT_LINK_HOSTS: 'http://127.0.0.1',
    MODE: 'collect',
    ...options.settings,
  };
  const now = () => new Date(clock.now());
  const world = {
    now,
    wait: (ms: number) => (ms < REAL_WAIT_MS ? sleep(ms) : clock.advance(ms)),
    random: Math.random,
    readServiceTime: now,
    log: () => undefined,
  };
  const instances: Collector[] = [];
  for (let number = 0; number < options.instances; number += 1)
    instances.push(await compose(environment, world).open());
  const [first] = instances;
  if (first === undefined) throw new Error('A fleet has one instance at least.');
  const pick = (number: number): Collector => instances[number % instances.length] ?? first;
  return {
    clock,
    simulator,
    instances,
    receiveAll: async () => {
      const alerts = scenario.alerts.map(({ entity }) => ({
        alertId: entity.id,
        machineId: entity.machineId,
        severity: null,
      }));
      const receipts = await Promise.all(
        alerts.map((alert, number) => receiveAlerts(pick(number).ports, pick(number).ledger, [alert], 'http')),
      );
      return receipts.flatMap((receipt) => receipt.collections.map((collection) => collection.id));
    },
    pollAll: async () => {
      await Promise.all(instances.map(({ ports }) => pollMachineActions(ports)));
      let number = 0;
      for await (const blob of first.storage.tickets.listBlobsFlat()) {
        const content = await first.storage.tickets.getBlobClient(blob.name).downloadToBuffer();
        // What fails is tried again, as the platform would; what keeps failing is the poll's.
        await takeTicket(pick(number).ports, blob.name, JSON.parse(content.toString())).catch(() => undefined);
        number += 1;
      }
    },
    show: async (id) => {
      const loaded = await first.ports.collections.load(id);
      if (loaded === null) throw new Error(`There is no collection ${id}.`);
      return loaded.collection;
    },
    close: async () => {
      await simulator.close();
      await storage.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What a poll saw before it began, and what it sent. */
export interface Tick {
  readonly free: number;
  readonly waiting: number;
  readonly sent: number;
}

const TICK_MS = 15_000;

/** Polls every 15 s until all have come to an end; says of each poll how many starts were free, wanted and made. */
export async function drain(
  fleet: Fleet,
  ids: readonly string[],
  minutes: number,
): Promise<{ readonly ticks: readonly Tick[]; readonly collections: readonly Collection[] }> {
  const ticks: Tick[] = [];
  for (let elapsedMs = 0; elapsedMs < minutes * 60_000; elapsedMs += TICK_MS) {
    await fleet.clock.advance(TICK_MS);
    const collections = await Promise.all(ids.map((id) => fleet.show(id)));
    if (collections.every((collection) => stageOf(collection.status) === 'ended')) return { ticks, collections };
    const now = new Date(fleet.clock.now()).toISOString();
    const waiting = collections.filter(({ status, notBefore }) => status === 'planned' && notBefore <= now).length;
    const free = (await fleet.instances[0]?.ports.governor.findRoom())?.starts ?? 0;
    const before = fleet.simulator.actions().length;
    await fleet.pollAll();
    ticks.push({ free, waiting, sent: fleet.simulator.actions().length - before });
  }
  throw new Error(`Not everything came to its end within ${minutes} minutes.`);
}
