import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultScenario } from '../../local/simulator/default-scenario.ts';
import { describeFile } from '../../local/simulator/describe-file.ts';
import type { Fault } from '../../local/simulator/http/fault.ts';
import type { Limits, Recording, Timings } from '../../local/simulator/scenario.ts';
import { type Simulator, startSimulator } from '../../local/simulator/start-simulator.ts';
import { recordWindows } from '../../local/start/record-windows.ts';
import { startApp } from '../../local/start/start-app.ts';
import { type Azurite, startAzurite } from '../../local/storage/start-azurite.ts';
import { ask } from './check-answer.ts';

const quick: Partial<Timings> = {
  visibilityLagMs: 300,
  pendingMs: 300,
  betweenPollsMs: 100,
  commandMs: 50,
  cancelMs: 100,
};
const roomy: Partial<Limits> = { callsPerMinute: 10_000, callsPerHour: 100_000 };

/** The built app on the local host, with a storage emulator and a simulator of its own. */
export interface AppUnderTest {
  readonly url: string;
  readonly folder: string;
  readonly processId: number;
  readonly storage: Azurite;
  readonly simulator: Simulator;
  /** Alerts of the scenario: on Linux, on Windows, without a machine, on a phone. */
  readonly alertIds: readonly string[];
  readonly send: (body: unknown, headers?: Readonly<Record<string, string>>) => Promise<Response>;
  readonly get: (path: string) => Promise<Response>;
  readonly waitForEnd: (id: string, seconds?: number) => Promise<Shown>;
  readonly readLog: () => Promise<string>;
  readonly close: () => Promise<void>;
}

/** A collection as the API shows it, as far as tests look at it. */
export interface Shown {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly endedAt: string | null;
  readonly results: readonly { readonly status: string; readonly failure: string | null }[];
}

/** What a test changes of the app and its world. */
export interface AppUnderTestOptions {
  /** Roles of the app's token at the simulator; all that it needs by default. */
  readonly roles?: string[];
  readonly settings?: Readonly<Record<string, string>>;
  readonly windows?: Recording;
  /** Where the emulator keeps its blobs: in memory by default. */
  readonly storage?: 'memory' | 'disk';
  /** What goes wrong at the simulator. */
  readonly faults?: readonly Fault[];
}

/** Starts everything for one test file. */
export async function startAppUnderTest(options: AppUnderTestOptions = {}): Promise<AppUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'app-under-test-'));
  const storage = await startAzurite(options.storage === 'disk' ? { folder: join(folder, 'storage') } : {});
  const dropped = join(folder, 'dropped file');
  await writeFile(dropped, 'the file that the alert is about');
  const made = defaultScenario({
    files: [await describeFile(dropped)],
    windows: options.windows ?? recordWindows(),
    timings: quick,
    limits: roomy,
  });
  const scenario = { ...made, faults: options.faults ?? made.faults };
  const simulator = await startSimulator({ scenario, folder: join(folder, 'simulator') });
  const logFile = join(folder, 'app.log');
  const settings = {
    StateStorage: storage.connectionString,
    EvidenceStorage: storage.connectionString,
    DEFENDER_API_URL: simulator.apiUrl,
    DEFENDER_ACCESS_TOKEN: options.roles === undefined ? simulator.token : simulator.tokenWith(options.roles),
    RESULT_LINK_HOSTS: 'http://127.0.0.1',
    POLL_SCHEDULE: '* * * * * *',
    API_CALLS_PER_MINUTE: '1000',
    API_CALLS_PER_HOUR: '60000',
    MODE: 'collect',
    ...options.settings,
  };
  const app = await startApp({ port: 0, settings, logFile });
  const get = (path: string) => ask(`${app.url}${path}`);
  return {
    url: app.url,
    folder,
    processId: app.processId,
    storage,
    simulator,
    alertIds: scenario.alerts.map((alert) => alert.entity.id),
    get,
    send: (body, headers = { 'content-type': 'application/json' }) =>
      ask(`${app.url}/api/alerts`, {
        method: 'POST',
        headers,
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    waitForEnd: async (id, seconds = 60) => {
      for (let looks = 0; looks < seconds * 5; looks += 1) {
        const shown = (await (await get(`/api/collections/${id}`)).json()) as Shown;
        if (shown.endedAt !== null) return shown;
        await sleep(200);
      }
      throw new Error(`Collection ${id} did not end within ${seconds} s.`);
    },
    readLog: () => readFile(logFile, 'utf8'),
    close: async () => {
      await app.close();
      await simulator.close();
      await storage.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The first collection that a 202 names. */
export async function firstCollection(
  answer: Response,
): Promise<{ readonly id: string; readonly status: string; readonly url: string }> {
  const { collections } = (await answer.json()) as { collections: { id: string; status: string; url: string }[] };
  const [first] = collections;
  if (first === undefined) throw new Error('The answer names no collection.');
  return first;
}
