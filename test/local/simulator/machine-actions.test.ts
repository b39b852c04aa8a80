import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createManualClock } from '../../../local/simulator/manual-clock.ts';
import {
  getFile,
  libraryFile,
  linuxId,
  offlineMachine,
  putFile,
  runScript,
  startUnderTest,
  windowsId,
} from './simulator-under-test.ts';

const offlineId = 'b'.repeat(40);

test('a fresh action is 404 by id and absent from the list until it becomes visible, while it already holds its machine', async () => {
  const clock = createManualClock('2026-03-01T12:00:00Z');
  const machines = [offlineMachine(offlineId)];
  const { run, get, send } = await startUnderTest({ machines, timings: { visibilityLagMs: 120_000 } }, clock);
  const id = await run(offlineId, [getFile('C:\\x')]);
  const look = async (): Promise<unknown[]> => {
    const one = await get(`machineactions/${id}`);
    const list = await get('machineactions');
    return [one.status, Array.isArray(list.body['value']) ? list.body['value'].length : -1];
  };

  await clock.advance(119_999);
  expect(await look()).toEqual([404, 0]);
  const hidden = await get(`machineactions/${id}`);
  expect(hidden.body).toMatchObject({ error: { code: 'ResourceNotFound' } });
  expect((await send('POST', `machineactions/${id}/cancel`, { Comment: 'c' })).status).toBe(404);
  const again = { Comment: 'c', Commands: [getFile('C:\\x')] };
  expect((await send('POST', `machines/${offlineId}/runliveresponse`, again)).status).toBe(400);

  await clock.advance(1);
  expect(await look()).toEqual([200, 1]);
});

test('an action goes from Pending over InProgress to Succeeded, by the clock, its commands in order', async () => {
  const clock = createManualClock('2026-03-01T12:00:00Z');
  const timings = { pendingMs: 120_000, betweenPollsMs: 30_000, commandMs: 2000 };
  const switches = { startTime: 'while it runs' } as const;
  const { run, simulator, get } = await startUnderTest({ timings, switches }, clock);
  const id = await run(windowsId, [getFile('C:\\a'), getFile('C:\\b')]);
  const shape = () => {
    const action = simulator.actions()[0];
    return [action?.status, action?.commands.map((each) => [each.commandStatus, each.startTime, each.endTime])];
  };
  const created = ['Created', null, null];
  const reaches = (expected: unknown) => expect(shape()).toEqual(expected);
  const pass = (ms: number) => clock.advance(ms);

  reaches(['Pending', [created, created]]);
  await pass(120_000);
  reaches(['InProgress', [created, created]]);
  await pass(30_000);
  reaches(['InProgress', [['Created', '2026-03-01T12:02:30Z', null], created]]);
  await pass(2000);
  const first = ['Completed', '2026-03-01T12:02:30Z', '2026-03-01T12:02:32Z'];
  reaches(['InProgress', [first, created]]);
  await pass(30_000);
  reaches(['InProgress', [first, ['Created', '2026-03-01T12:03:02Z', null]]]);
  await pass(2000);
  const second = ['Completed', '2026-03-01T12:03:02Z', '2026-03-01T12:03:04Z'];
  reaches(['InProgress', [first, second]]);
  await pass(30_000);
  reaches(['Succeeded', [first, second]]);
  const { body } = await get(`machineactions/${id}`);
  expect(body['lastUpdateDateTimeUtc']).toMatch(/^2026-03-01T12:03:34(\.\d{1,7})?Z$/);
  expect(body['creationDateTimeUtc']).toMatch(/^2026-03-01T12:00:00(\.\d{1,7})?Z$/);
});

test('after a failed command the rest stays Created, the action is Failed, and earlier results remain', async () => {
  const { run, ended, link, get } = await startUnderTest({ libraryFiles: [libraryFile('ok.sh', 'echo fine')] });

  const id = await run(linuxId, [
    putFile('ok.sh'),
    runScript('ok.sh'),
    getFile('/does/not/exist'),
    getFile('/etc/passwd'),
  ]);
  const action = await ended(id);

  expect(action.status).toBe('Failed');
  expect(action.commands.map((command) => command.commandStatus)).toEqual([
    'Completed',
    'Completed',
    'Failed',
    'Created',
  ]);
  expect(action.commands[2]?.errors).toEqual(['Failed to get file /does/not/exist: ENOENT']);
  expect(action.commands[3]).toMatchObject({ startTime: null, endTime: null, errors: [] });
  const transcript: unknown = await (await fetch(await link(id, 1))).json();
  expect(transcript).toMatchObject({ script_name: 'ok.sh', script_output: 'fine\n' });
  for (const index of [0, 2, 3, 4, -1]) {
    const none = await get(`machineactions/${id}/GetLiveResponseResultDownloadLink(index=${index})`);
    expect([index, none.status]).toEqual([index, 404]);
  }
});

test('there is no link before the command has completed', async () => {
  const { run, get } = await startUnderTest({ timings: { pendingMs: 3_600_000 } });
  const id = await run(windowsId, [getFile('C:\\x')]);
  const answer = await get(`machineactions/${id}/GetLiveResponseResultDownloadLink(index=0)`);
  expect([answer.status, answer.body]).toMatchObject([404, { error: { code: 'ResourceNotFound' } }]);
});

test('an action of a machine that is offline stays Pending and ends in TimeOut', async () => {
  const clock = createManualClock('2026-03-01T12:00:00Z');
  const { run, simulator } = await startUnderTest({ machines: [offlineMachine(offlineId)] }, clock);
  await run(offlineId, [getFile('C:\\x')]);

  await clock.advance(7_199_999);
  expect(simulator.actions()).toMatchObject([{ status: 'Pending' }]);
  await clock.advance(1);
  expect(simulator.actions()).toMatchObject([{ status: 'TimeOut' }]);
  expect(simulator.actions()).toMatchObject([{ commands: [{ commandStatus: 'Created', startTime: null }] }]);
});

test('a cancelled action is open right after the request, then Cancelled, and its machine is free', async () => {
  const clock = createManualClock('2026-03-01T12:00:00Z');
  const machines = [offlineMachine(offlineId)];
  const { run, send, simulator, get } = await startUnderTest({ machines, timings: { cancelMs: 4000 } }, clock);
  const id = await run(offlineId, [getFile('C:\\x')]);

  const answer = await send('POST', `machineactions/${id}/cancel`, { Comment: 'no longer needed' });

  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({
    id,
    status: 'Pending',
    cancellationRequestor: 'Evidence Collector',
    cancellationComment: 'no longer needed',
    cancellationDateTimeUtc: expect.stringMatching(/^2026-03-01T12:00:00/),
  });
  await clock.advance(4000);
  expect(simulator.actions()).toMatchObject([{ status: 'Cancelled' }]);
  expect((await get(`machineactions/${id}`)).body).toMatchObject({ commands: [{ commandStatus: 'Created' }] });
  const late = await send('POST', `machineactions/${id}/cancel`, { Comment: 'again' });
  expect([late.status, late.body]).toMatchObject([400, { error: { code: 'BadRequest' } }]);
  await run(offlineId, [getFile('C:\\y')]);
});

test('a script that is running goes on after its action was cancelled, and shows nothing of it', async () => {
  const text = 'touch began; until [ -e go ]; do sleep 0.02; done; touch ended';
  const { run, send, ended, folder, get, simulator } = await startUnderTest({
    libraryFiles: [libraryFile('s.sh', text)],
  });
  const at = (name: string): string => join(folder, 'machines', linuxId, name);
  const id = await run(linuxId, [runScript('s.sh'), getFile('/etc/passwd')]);
  await vi.waitUntil(() => existsSync(at('began')), { interval: 5, timeout: 10_000 });

  expect((await send('POST', `machineactions/${id}/cancel`, { Comment: 'stop' })).body['status']).toBe('InProgress');
  expect((await ended(id)).status).toBe('Cancelled');

  await writeFile(at('go'), '');
  await vi.waitUntil(() => existsSync(at('ended')), { interval: 5, timeout: 10_000 });
  await vi.waitUntil(() => existsSync(join(folder, 'actions', id, '0', 'transcript.json')), {
    interval: 5,
    timeout: 10_000,
  });
  await run(linuxId, [getFile('/etc/passwd')]);
  expect((await get(`machineactions/${id}/GetLiveResponseResultDownloadLink(index=0)`)).status).toBe(404);
  await simulator.close();
  expect(simulator.actions()[0]).toMatchObject({
    status: 'Cancelled',
    commands: [
      { commandStatus: 'Created', startTime: null, endTime: null, errors: [] },
      { commandStatus: 'Created', startTime: null },
    ],
  });
});

test.each([
  ['unknown', 'machineactions/aaaabbbb-0000-cccc-1111-dddd2222eeee/cancel', { Comment: 'c' }, 404, 'ResourceNotFound'],
  ['not commented', 'machineactions/aaaabbbb-0000-cccc-1111-dddd2222eeee/cancel', {}, 400, 'MissingRequiredParameter'],
  ['commented in lower case', 'machineactions/a/cancel', { comment: 'c' }, 400, 'MissingRequiredParameter'],
])('a cancellation that is %s is refused', async (_, path, body, status, code) => {
  const { send } = await startUnderTest();
  const answer = await send('POST', path, body);
  expect([answer.status, answer.body]).toMatchObject([status, { error: { code } }]);
});

test('actions are listed newest first, filtered by id, machine, status, type, requestor and time, and paged', async () => {
  const ids = ['1', '2', '3'].map((digit) => digit.repeat(40));
  const { run, get, simulator } = await startUnderTest({ machines: ids.map(offlineMachine), limits: { pageSize: 2 } });
  const made: string[] = [];
  for (const id of ids) made.push(await run(id, [getFile('C:\\x')]));
  const [first = '', second = '', third = ''] = made;
  const list = async (query: string): Promise<unknown> => {
    const { body } = await get(`machineactions?${query}`);
    return Array.isArray(body['value']) ? body['value'].map((row: { id: string }) => row.id) : body;
  };

  expect(await list('')).toEqual([third, second]);
  const page = await get('machineactions');
  const next = new URL(String(page.body['@odata.nextLink']));
  expect(next.origin).toBe(simulator.apiUrl);
  expect(await list(next.search.slice(1))).toEqual([first]);
  expect(await list(`$filter=id in ('${first}','${third}')`)).toEqual([third, first]);
  expect(await list(`$filter=id eq ${second}`)).toEqual([second]);
  expect(await list(`$filter=machineId+eq+'${ids[1]}'`)).toEqual([second]);
  expect(await list("$filter=status eq 'Succeeded'")).toEqual([]);
  expect(await list("$filter=type eq 'LiveResponse' and requestor eq 'Evidence Collector'&$top=1")).toEqual([third]);
  expect(await list('$filter=creationDateTimeUtc ge 2100-01-01T00:00:00Z')).toEqual([]);
  expect(await list('$orderby=creationDateTimeUtc&$skip=1')).toEqual([second, third]);
  const created = simulator.actions()[1]?.creationDateTimeUtc ?? '';
  expect(await list(`$filter=creationDateTimeUtc eq ${created}`)).toEqual([second]);
});
