import { request } from 'node:http';
import { expect, test } from 'vitest';
import { createManualClock } from '../../../../local/simulator/manual-clock.ts';
import { ask, getFile, offlineMachine, startUnderTest, windowsId } from '../simulator-under-test.ts';

const noon = '2026-03-01T12:00:00Z';

async function start(clock = createManualClock(noon)) {
  const underTest = await startUnderTest({}, clock);
  const admin = (path: string, body?: unknown) =>
    ask(
      `${underTest.simulator.apiUrl}/admin/${path}`,
      body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) },
    );
  return { ...underTest, clock, admin };
}

test('calls and actions are shown without a token, and asking for them leaves no trace', async () => {
  const { admin, run, simulator } = await start();
  const id = await run(windowsId, [getFile('C:\\x')]);

  const calls = await admin('calls');

  expect(calls.status).toBe(200);
  expect(calls.body['value']).toEqual([
    {
      at: '2026-03-01T12:00:00.000Z',
      answeredAt: '2026-03-01T12:00:00.000Z',
      origin: 'api',
      endpoint: 'runliveresponse',
      method: 'POST',
      path: `/api/machines/${windowsId}/runliveresponse`,
      query: '',
      range: null,
      appId: '5f0c2d7e-8b1a-4c3d-9e6f-0a1b2c3d4e5f',
      machineId: windowsId,
      status: 201,
      retryAfterSeconds: null,
      answer: 'sent',
    },
  ]);
  expect((await admin('actions')).body['value']).toMatchObject([{ id, status: 'Pending' }]);
  expect(simulator.calls()).toHaveLength(1);
  expect((await admin('calls')).text).not.toContain(simulator.token);
});

test('a manual clock is advanced; that of the computer is not', async () => {
  const { admin, run, simulator } = await start();
  await run(windowsId, [getFile('C:\\x')]);
  expect((await admin('clock', { advanceMs: 60_000 })).body).toEqual({ now: '2026-03-01T12:01:00.000Z' });
  expect(simulator.actions()).toMatchObject([{ status: 'Succeeded' }]);
  for (const body of [{}, { advanceMs: -1 }, { advanceMs: '1' }, []])
    expect((await admin('clock', body)).status).toBe(400);

  const real = await startUnderTest();
  const init = { method: 'POST', body: JSON.stringify({ advanceMs: 1 }) };
  expect((await ask(`${real.simulator.apiUrl}/admin/clock`, init)).status).toBe(409);
});

test('a machine and an alert on it are added, with what they do not say filled in', async () => {
  const { admin, get, run, clock, simulator } = await start();
  const id = 'e'.repeat(40);
  const entity = { id, osPlatform: 'Windows11', computerDnsName: 'new', healthStatus: 'Inactive' };
  const recording = { scripts: {}, files: { 'C:\\x': { content: { text: 'x' }, gzip: false } } };

  const machine = await admin('machines', { kind: 'recorded', entity, recording, onlineAt: '2026-03-01T13:00:00Z' });
  expect([machine.status, machine.body]).toEqual([201, { id }]);
  expect((await get('machines/new')).body).toMatchObject({
    id,
    healthStatus: 'Inactive',
    onboardingStatus: 'Onboarded',
  });
  const alert = {
    entity: { id: 'da1_1', title: 't', severity: 'High', alertCreationTime: noon, machineId: id },
    updates: [{ at: '2026-03-01T12:30:00Z', changes: { status: 'InProgress' } }],
  };
  expect((await admin('alerts', alert)).status).toBe(201);
  expect((await get('alerts/da1_1')).body).toMatchObject({ machineId: id, status: 'New', evidence: [] });
  await run(id, [getFile('C:\\x')]);
  await clock.advance(3_599_000);
  expect((await get('alerts/da1_1')).body).toMatchObject({ status: 'InProgress' });
  expect(simulator.actions()).toMatchObject([{ status: 'Pending' }]);
  await clock.advance(2000);
  expect(simulator.actions()).toMatchObject([{ status: 'Succeeded' }]);
});

test.each([
  ['machines', {}],
  ['machines', { kind: 'recorded', entity: offlineMachine('a'.repeat(40)).entity }],
  ['machines', { kind: 'offline', entity: { id: 'A', osPlatform: 'x', computerDnsName: 'y' } }],
  ['machines', { kind: 'offline', entity: offlineMachine('a'.repeat(40)).entity, onlineAt: 'soon' }],
  ['alerts', { entity: { id: 'da1_1' } }],
  ['alerts', { entity: { id: 'da1_1', title: 't', severity: 'Loud', alertCreationTime: noon } }],
])('POST /admin/%s of %j is refused with what is wrong', async (path, body) => {
  const { admin } = await start();
  const answer = await admin(path, body);
  expect([answer.status, answer.body]).toMatchObject([400, { error: { message: expect.stringMatching(/\w{4}/) } }]);
});

test('what is no route is 404, and is no call', async () => {
  const { admin, simulator } = await start();
  expect((await admin('tokens')).status).toBe(404);
  expect((await admin('calls', {})).status).toBe(404);
  expect(simulator.calls()).toEqual([]);
});

test.each([
  ['a name that was rebound', { host: 'evil.example' }, 403],
  ['a web page', { origin: 'http://127.0.0.1:1' }, 403],
  ['localhost', { host: 'localhost:1' }, 200],
])('asked by %s it answers %j with %d', async (_, headers, status) => {
  const { simulator } = await start();
  const answered = await new Promise((resolve, reject) => {
    request(`${simulator.apiUrl}/admin/calls`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(answered).toBe(status);
});
