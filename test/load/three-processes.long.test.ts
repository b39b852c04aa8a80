import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { busiestWindow } from '../../local/simulator/busiest-window.ts';
import { loadScenario } from '../../local/simulator/load-scenario.ts';
import { startSimulator } from '../../local/simulator/start-simulator.ts';
import { startApp } from '../../local/start/start-app.ts';
import { startAzurite } from '../../local/storage/start-azurite.ts';

const MINUTE = 60_000;

it('I2: three real processes, 40 alerts over HTTP, real clocks: all collected, no 429, never eleven starts in 60 s', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'three-processes-'));
  const storage = await startAzurite();
  const scenario = loadScenario({
    machines: 40,
    commandMs: 200,
    timings: { visibilityLagMs: 500, pendingMs: 500, betweenPollsMs: 100, cancelMs: 100 },
  });
  const simulator = await startSimulator({ scenario, folder: join(folder, 'simulator') });
  const settings = {
    StateStorage: storage.connectionString,
    EvidenceStorage: storage.connectionString,
    DEFENDER_API_URL: simulator.apiUrl,
    DEFENDER_ACCESS_TOKEN: simulator.token,
    RESULT_LINK_HOSTS: 'http://127.0.0.1',
    POLL_SCHEDULE: '*/2 * * * * *',
    MODE: 'collect',
  };
  const apps = await Promise.all(
    [1, 2, 3].map((number) => startApp({ port: 0, settings, logFile: join(folder, `app-${number}.log`) })),
  );
  try {
    const [first] = apps;
    if (first === undefined) throw new Error('No app was started.');
    const urls = await Promise.all(
      scenario.alerts.map(async ({ entity }, number) => {
        const app = apps[number % apps.length] ?? first;
        const answer = await fetch(`${app.url}/api/alerts`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ alertId: entity.id, machineId: entity.machineId }),
        });
        expect(answer.status).toBe(202);
        const { collections } = (await answer.json()) as { collections: { id: string }[] };
        return `${first.url}/api/collections/${collections[0]?.id}`;
      }),
    );
    let statuses = urls.map(() => 'received');
    for (let looks = 0; looks < 480 && !statuses.every((status) => status === 'collected'); looks += 1) {
      await sleep(1_000);
      statuses = await Promise.all(
        urls.map(async (url) => ((await (await fetch(url)).json()) as { status: string }).status),
      );
    }
    expect(statuses).toEqual(urls.map(() => 'collected'));
    expect(simulator.actions()).toHaveLength(40);
    const calls = simulator.calls().filter((call) => call.origin === 'api');
    expect(calls.filter((call) => call.status === 429)).toEqual([]);
    const starts = calls.filter((call) => call.endpoint === 'runliveresponse').map((call) => Date.parse(call.at));
    expect(busiestWindow(starts, MINUTE)).toBeLessThanOrEqual(10);
    const quota = (await (await fetch(`${first.url}/api/quota`)).json()) as {
      liveResponse: { startsInMinute: { limit: number }; sessions: { limit: number } };
      apis: { name: string; inMinute: { limit: number; used: number; free: number }; blockedUntil: string | null }[];
    };
    expect(quota.liveResponse).toMatchObject({ startsInMinute: { limit: 10 }, sessions: { limit: 20 } });
    expect(quota.apis.map((api) => api.name)).toContain('machine actions');
    for (const { inMinute, blockedUntil } of quota.apis) {
      expect(inMinute.used + inMinute.free).toBe(inMinute.limit);
      expect(blockedUntil).toBeNull();
    }
  } finally {
    await Promise.all(apps.map((app) => app.close()));
    await simulator.close();
    await storage.close();
    await rm(folder, { recursive: true, force: true });
  }
});
