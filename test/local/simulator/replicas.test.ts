import { expect, test } from 'vitest';
import { createManualClock } from '../../../local/simulator/manual-clock.ts';
import { getFile, startUnderTest, windowsId } from './simulator-under-test.ts';

const timings = { visibilityLagMs: 60_000, pendingMs: 300_000, betweenPollsMs: 10_000, replicaLagMs: 30_000 };
const commands = [getFile('C:\\x')];

test('replicas that alternate: a fresh action is there and gone again, by id and in lists, until all know it', async () => {
  const clock = createManualClock('2026-03-01T12:00:00Z');
  const { run, get } = await startUnderTest({ timings, switches: { replicas: 'alternate' } }, clock);
  const id = await run(windowsId, commands);
  const byId = async () => (await get(`machineactions/${id}`)).status;
  const inList = async () => {
    const { body } = await get(`machineactions?$filter=id in ('${id}')`);
    return Array.isArray(body['value']) ? body['value'].length : -1;
  };

  expect([await byId(), await byId(), await byId(), await byId()]).toEqual([404, 200, 404, 200]);
  expect([await inList(), await inList(), await inList()]).toEqual([0, 1, 0]);
  await clock.advance(59_999);
  expect([await byId(), await byId()]).toEqual([200, 404]);
  await clock.advance(1);
  expect([await byId(), await byId(), await inList(), await inList()]).toEqual([200, 200, 1, 1]);
});

test('a replica that lags: every other read shows the action as it was, so that its status goes back', async () => {
  const clock = createManualClock('2026-03-01T12:00:00Z');
  const { run, get, send } = await startUnderTest({ timings, switches: { replicas: 'lag' } }, clock);
  const id = await run(windowsId, commands);
  const look = async () => {
    const { status, body } = await get(`machineactions/${id}`);
    return status === 200 ? body['status'] : status;
  };

  expect([await look(), await look()]).toEqual([404, 404]);
  await clock.advance(60_000);
  expect([await look(), await look()]).toEqual(['Pending', 404]);
  await clock.advance(30_000);
  expect([await look(), await look()]).toEqual(['Pending', 'Pending']);
  await clock.advance(210_000);
  expect([await look(), await look()]).toEqual(['InProgress', 'Pending']);
  await clock.advance(20_005);
  expect([await look(), await look()]).toEqual(['Succeeded', 'Pending']);
  await clock.advance(9995);
  expect([await look(), await look()]).toEqual(['Succeeded', 'InProgress']);
  await clock.advance(30_000);
  expect([await look(), await look()]).toEqual(['Succeeded', 'Succeeded']);
  expect((await send('POST', `machineactions/${id}/cancel`, { Comment: 'c' })).status).toBe(400);
});
