import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultScenario } from '../simulator/default-scenario.ts';
import { describeFile } from '../simulator/describe-file.ts';
import { startSimulator } from '../simulator/start-simulator.ts';
import { startAzurite } from '../storage/start-azurite.ts';
import { recordWindows } from './record-windows.ts';
import { type App, startApp } from './start-app.ts';

/** Everything that `npm start` runs, and how to end all of it. */
export interface Everything {
  readonly app: App;
  readonly alertIds: readonly string[];
  readonly storageConnection: string;
  readonly logFile: string;
  readonly close: () => Promise<void>;
}

/** Seconds stand for minutes here, and so the quotas of all but live responses are wider, at the simulator as in the app. */
const DEMO_LIMITS = { callsPerMinute: 1_000, callsPerHour: 36_000 };

/** Starts storage emulator, simulator and app in this order; a fault ends what was started before it. */
export async function startEverything(folder: string, port: number, say: (line: string) => void): Promise<Everything> {
  const started: (() => Promise<void>)[] = [];
  const close = async () => {
    for (let end = started.pop(); end !== undefined; end = started.pop()) await end();
  };
  try {
    const storage = await startAzurite({ folder: join(folder, 'storage') });
    started.push(() => storage.close());
    say('The storage emulator is up.');

    const files = [await describeFile(await dropFile(folder)), await describeFile('/etc/hosts')];
    const scenario = defaultScenario({ files, windows: recordWindows(), limits: DEMO_LIMITS });
    const simulator = await startSimulator({ scenario, folder: join(folder, 'simulator') });
    started.push(() => simulator.close());
    say(`The Defender simulator is up at ${simulator.apiUrl}; its Linux machine is this computer.`);

    const logFile = join(folder, 'app.log');
    const settings = {
      StateStorage: storage.connectionString,
      EvidenceStorage: storage.connectionString,
      DEFENDER_API_URL: simulator.apiUrl,
      DEFENDER_ACCESS_TOKEN: simulator.token,
      RESULT_LINK_HOSTS: 'http://127.0.0.1',
      POLL_SCHEDULE: '*/2 * * * * *',
      API_CALLS_PER_MINUTE: String(DEMO_LIMITS.callsPerMinute),
      API_CALLS_PER_HOUR: String(DEMO_LIMITS.callsPerHour),
      MODE: 'collect',
    };
    const app = await startApp({ port, settings, logFile });
    started.push(() => app.close());
    say(`The app is up at ${app.url}; its log is ${logFile}.`);
    return {
      app,
      alertIds: scenario.alerts.map((alert) => alert.entity.id),
      storageConnection: storage.connectionString,
      logFile,
      close,
    };
  } catch (fault) {
    await close();
    throw fault;
  }
}

/** The file that the sample alert is about: harmless, but really there, so that the machine's copy of it is real evidence. */
async function dropFile(folder: string): Promise<string> {
  const path = join(folder, 'machine', 'kdevtmpfsi');
  await mkdir(join(folder, 'machine'), { recursive: true });
  await writeFile(path, '#!/bin/sh\n# A harmless stand-in for the dropped file of the sample alert.\nexit 0\n', {
    mode: 0o755,
  });
  return path;
}
