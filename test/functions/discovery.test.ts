import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { linux, phone, windows } from '../../local/simulator/default-machines.ts';
import { makeAlert } from '../../local/simulator/make-entities.ts';
import { type AppUnderTest, startAppUnderTest } from './app-under-test.ts';

interface Listed {
  readonly collections: readonly { readonly id: string; readonly alertId: string; readonly status: string }[];
}

let app: AppUnderTest;

beforeAll(async () => {
  app = await startAppUnderTest({
    settings: {
      MODE: 'observe',
      DISCOVER_ALERTS: 'true',
      DISCOVER_SCHEDULE: '* * * * * *',
      DISCOVER_SEVERITIES: 'High',
      DISCOVER_STATUSES: 'New',
    },
  });
});
afterAll(() => app.close());

const listed = async () => (await (await app.get('/api/collections?limit=200')).json()) as Listed;

function add(id: string, changes: { severity: 'High' | 'Low'; status?: 'Resolved' }, machine: typeof linux | null) {
  const time = new Date().toISOString();
  const facts = {
    id,
    title: 'Discovered',
    alertCreationTime: time,
    aadTenantId: 'a839b112-1253-6432-9bf6-94542403f21c',
  };
  app.simulator.addAlert({ entity: makeAlert(machine, { ...facts, ...changes }), relatedFiles: [] });
}

it('finds what is new at Defender by itself, each alert once, and leaves what it is not to find', async () => {
  // The timer has run, and the time of the alerts is one of its windows.
  for (let looks = 0; looks < 100 && !(await app.readLog()).includes('"event":"discovery"'); looks += 1)
    await sleep(200);
  add('da637472900382839101_1', { severity: 'High' }, linux);
  add('da637472900382839102_1', { severity: 'High' }, windows);
  add('da637472900382839103_1', { severity: 'Low' }, linux);
  add('da637472900382839104_1', { severity: 'High', status: 'Resolved' }, linux);
  add('da637472900382839105_1', { severity: 'High' }, null);
  add('da637472900382839106_1', { severity: 'High' }, phone);
  const wanted = ['da637472900382839101_1', 'da637472900382839102_1', 'da637472900382839106_1'];
  const found = async () => {
    const { collections } = await listed();
    // The scenario's own alert of severity High was made in the quarter of an hour before.
    return collections.map(({ alertId }) => alertId).filter((id) => id !== app.alertIds[0]);
  };
  await expect.poll(async () => (await found()).sort(), { timeout: 30_000 }).toEqual(wanted);
  const runs = async () => (await app.readLog()).split('"event":"discovery"').length;
  const before = await runs();
  await expect.poll(runs, { timeout: 30_000 }).toBeGreaterThan(before + 2);
  expect((await found()).sort()).toEqual(wanted);
  const [first] = (await listed()).collections.filter(({ alertId }) => alertId === wanted[0]);
  expect(await app.waitForEnd(first?.id ?? '')).toMatchObject({
    reason: expect.stringContaining('profile linux-triage would have run'),
  });
});
