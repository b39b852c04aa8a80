import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { busiestWindow } from '../../../local/simulator/busiest-window.ts';
import { padTime } from '../../../local/simulator/defender-time.ts';
import { loadScenario } from '../../../local/simulator/load-scenario.ts';
import { createManualClock } from '../../../local/simulator/manual-clock.ts';
import { readTranscript } from '../../../shared/domain/transcript.ts';
import { ask, getFile, libraryFile, runScript, startUnderTest } from './simulator-under-test.ts';

const now = new Date('2026-03-01T12:00:00Z');

test('it has as many machines and alerts as asked for, all different, in the form of real ones', () => {
  const { machines, alerts, limits } = loadScenario({ machines: 50, alertsPerMachine: 3, offline: 10, now });
  const ids = new Set(machines.map(({ entity }) => entity.id));
  expect([ids.size, new Set(alerts.map(({ entity }) => entity.id)).size]).toEqual([50, 150]);
  expect(machines.filter(({ kind }) => kind === 'offline')).toHaveLength(10);
  for (const { entity } of machines) expect(entity.id).toMatch(/^[0-9a-f]{40}$/);
  for (const { entity } of alerts) expect(entity.id).toMatch(/^da\d{18}_\d+$/);
  expect(alerts.every(({ entity }) => ids.has(entity.machineId ?? ''))).toBe(true);
  expect(new Set(alerts.map(({ entity }) => entity.severity)).size).toBe(4);
  expect(limits).toMatchObject({ runsPerMinute: 10, callsPerMinute: 100, sessions: 25 });
});

test('a fleet in virtual time: its quotas hold, each machine takes its own time, and its answers are those of the triage script', async () => {
  const clock = createManualClock(now.toISOString());
  const commandMs = (machine: number): number => 1000 + machine * 1000;
  const scenario = loadScenario({ machines: 40, commandMs, now, resultBytes: 1234, limits: { callsPerMinute: 1000 } });
  const libraryFiles = [libraryFile('evidence-triage.ps1', 'script')];
  const { send, simulator, link } = await startUnderTest({ ...scenario, libraryFiles }, clock);
  const body = { Comment: 'load', Commands: [runScript('evidence-triage.ps1', 'x'), getFile('C:\\evidence.zip')] };
  const left = scenario.machines.map(({ entity }) => entity.id);
  const statuses = new Map<number, number>();
  for (let minute = 0; left.length > 0 && minute < 60; minute += 1) {
    for (let call = 0; call < 12; call += 1) {
      const [id] = left;
      if (id === undefined) break;
      const { status } = await send('POST', `machines/${id}/runliveresponse`, body);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status === 201) left.shift();
    }
    await clock.advance(60_000);
  }
  await clock.advance(600_000);

  expect(statuses.get(201)).toBe(40);
  expect(statuses.get(429)).toBeGreaterThan(2);
  const accepted = simulator.calls().filter((call) => call.status === 201);
  expect(
    busiestWindow(
      accepted.map((call) => Date.parse(call.at)),
      60_000,
    ),
  ).toBe(10);
  const actions = simulator.actions();
  expect(actions.every((action) => action.status === 'Succeeded')).toBe(true);
  const edges = actions.flatMap((action) => [
    { at: padTime(action.creationDateTimeUtc) ?? '', change: 1 },
    { at: padTime(action.lastUpdateDateTimeUtc) ?? '', change: -1 },
  ]);
  let open = 0;
  const most = edges.toSorted((a, b) => (a.at < b.at ? -1 : 1)).map(({ change }) => (open += change));
  expect(Math.max(...most)).toBeLessThanOrEqual(25);
  const [first, last] = [actions[0], actions[39]].map((action) => {
    const [command] = action?.commands ?? [];
    return Date.parse(command?.endTime ?? '') - Date.parse(command?.startTime ?? '');
  });
  expect([first, last]).toEqual([1000, 40_000]);

  const id = actions[7]?.id ?? '';
  expect(readTranscript((await ask(await link(id, 0))).text)).toMatchObject({ answer: 'ok', exitCode: 0 });
  const archive = Buffer.from(await (await fetch(await link(id, 1))).arrayBuffer());
  expect(gunzipSync(archive)).toHaveLength(1234);
});
