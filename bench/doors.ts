/**
 * How long the door takes when everything fires at once: alerts that are posted by 50 connections to the app on the local
 * host, and beside it what the storage emulator alone takes for the writes of as many, asked by 50 at a time without the
 * app. Processor times tell the same on a machine that does much else. Nothing is run (MODE observe, and no poll
 * meanwhile). `npm run bench:doors -- [alerts] [connections]`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent } from 'undici';
import { startApp } from '../local/start/start-app.ts';
import { startAzurite } from '../local/storage/start-azurite.ts';
import { timeEmulator } from './doors/time-emulator.ts';
import { readProcessorMs } from './doors/processor-time.ts';
import { postAlerts } from './doors/post-alerts.ts';

/** The aim of the 95th percentile, in ms. */
const AIM_MS = 300;

const [alerts, connections] = [Number(process.argv[2] ?? 2_000), Number(process.argv[3] ?? 50)];
if (![alerts, connections].every((number) => Number.isInteger(number) && number > 0))
  throw new Error('Give the number of alerts and of connections, such as 2000 50.');

/** From now on: how much processor time a process takes for each of so many alerts, in ms. */
async function timeProcess(processId: number, count: number): Promise<() => Promise<number>> {
  const before = await readProcessorMs(processId);
  return async () => ((await readProcessorMs(processId)) - before) / count;
}

const folder = await mkdtemp(join(tmpdir(), 'bench-doors-'));
const storage = await startAzurite();
const settings = {
  StateStorage: storage.connectionString,
  EvidenceStorage: storage.connectionString,
  DEFENDER_ACCESS_TOKEN: 'none-is-needed-here',
  DEFENDER_API_URL: 'http://127.0.0.1:1',
  RESULT_LINK_HOSTS: 'http://127.0.0.1',
  MODE: 'observe',
  // Once a year: this is about the door.
  POLL_SCHEDULE: '0 0 0 1 1 *',
};
const app = await startApp({ port: 0, settings, logFile: join(folder, 'app.log') });
const agent = new Agent({ connections, pipelining: 1 });
try {
  await postAlerts(app.url, agent, { alerts: connections, connections, from: 'warm' });
  const appMs = await timeProcess(app.processId, alerts);
  const door = await postAlerts(app.url, agent, { alerts, connections, from: 'door' });
  const perAlert = await appMs();
  const ownMs = await timeProcess(process.pid, alerts);
  const emulator = await timeEmulator(storage.connectionString, alerts, connections);
  const bare = await ownMs();
  console.log(`${alerts} alerts by ${connections} connections; load of the machine ${loadavg()[0]?.toFixed(1)}`);
  console.log(`202 answers           ${door.accepted} of ${alerts}, ${door.collections} collections`);
  console.log(
    `door, 95th percentile ${door.p95Ms.toFixed(0)} ms (median ${door.p50Ms.toFixed(0)}; ${AIM_MS} is the aim)`,
  );
  console.log(`emulator's own share  ${emulator.p95Ms.toFixed(0)} ms (median ${emulator.p50Ms.toFixed(0)})`);
  console.log(
    `door's rate           ${door.perSecond.toFixed(0)} a second, the emulator's ${emulator.perSecond.toFixed(0)}`,
  );
  console.log(
    `processor time        ${perAlert.toFixed(1)} ms an alert in the app, ${bare.toFixed(1)} for its writes alone`,
  );
  if (door.accepted !== alerts || door.collections !== alerts) process.exitCode = 1;
} finally {
  await agent.close();
  await app.close();
  await storage.close();
  await rm(folder, { recursive: true, force: true });
}
