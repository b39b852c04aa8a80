import { expect, test } from 'vitest';
import { createManualClock } from '../../../local/simulator/manual-clock.ts';
import { makeMachine } from '../../../local/simulator/make-entities.ts';
import type { MachineConditions, Recording, ScenarioMachine } from '../../../local/simulator/scenario.ts';
import {
  type Changes,
  getFile,
  libraryFile,
  offlineMachine,
  runScript,
  startUnderTest,
  windowsId,
} from './simulator-under-test.ts';

const recording: Recording = {
  scripts: {
    'quick.ps1': { exitCode: 0, output: '', errors: '', takesMs: 1000 },
    'edge.ps1': { exitCode: 0, output: '', errors: '', takesMs: 600_000 },
    'slow.ps1': { exitCode: 0, output: '', errors: '', takesMs: 600_001 },
    'bad.ps1': { failure: 'no' },
  },
  files: { 'C:\\big': { content: { text: 'x' }, gzip: true, takesMs: 90_000 } },
  anyFile: { content: { text: 'x' }, gzip: true },
};
const entity = makeMachine({ id: windowsId, osPlatform: 'Windows11', computerDnsName: 'pc' });
const libraryFiles = Object.keys(recording.scripts).map((name) => libraryFile(name, name));
const timings = { pendingMs: 10_000, betweenPollsMs: 1000, commandMs: 5000, cancelMs: 40_000, queueMs: 3_600_000 };

async function startOn(conditions: MachineConditions, changes: Changes = {}) {
  const clock = createManualClock('2026-03-01T12:00:00Z');
  const machines: ScenarioMachine[] = [{ kind: 'recorded', entity, recording, ...conditions }];
  const underTest = await startUnderTest({ machines, libraryFiles, timings, ...changes }, clock);
  const status = () => underTest.simulator.actions().at(-1)?.status;
  const cancel = async (id: string) =>
    (await underTest.send('POST', `machineactions/${id}/cancel`, { Comment: 'c' })).status;
  return { ...underTest, clock, status, cancel };
}

test('a machine that comes online later takes its action up then', async () => {
  const { run, clock, status } = await startOn({ onlineAt: '2026-03-01T12:30:00Z' });
  await run(windowsId, [getFile('C:\\x')]);
  await clock.advance(1_799_999);
  expect(status()).toBe('Pending');
  await clock.advance(1);
  expect(status()).toBe('InProgress');
  await clock.advance(7000);
  expect(status()).toBe('Succeeded');
  await run(windowsId, [getFile('C:\\x')]);
  await clock.advance(10_000);
  expect(status()).toBe('InProgress');
});

test.each(['TimeOut', 'Failed'] as const)('one that comes online too late finds it %s', async (queueEnd) => {
  const failureDetails = { errorHResult: -2_147_012_894, troubleshootInfo: { hint: 'offline' } };
  const { run, clock, status, simulator } = await startOn(
    { onlineAt: '2026-03-01T13:00:00Z' },
    { switches: { queueEnd, failureDetails } },
  );
  await run(windowsId, [getFile('C:\\x')]);
  await clock.advance(3_599_999);
  expect(status()).toBe('Pending');
  await clock.advance(1);
  expect(simulator.actions()).toMatchObject([{ status: queueEnd, ...failureDetails }]);
});

test.each(['Pending', 'InProgress'] as const)(
  'an action that is stuck %s blocks its machine until it is cancelled',
  async (stuck) => {
    const { run, clock, status, cancel, send } = await startOn({ stuck });
    const id = await run(windowsId, [getFile('C:\\x')]);
    await clock.advance(7 * 86_400_000);
    expect(status()).toBe(stuck);
    const again = await send('POST', `machines/${windowsId}/runliveresponse`, {
      Comment: 'c',
      Commands: [getFile('C:\\y')],
    });
    expect(again.status).toBe(400);
    expect(await cancel(id)).toBe(200);
    await clock.advance(39_999);
    expect(status()).toBe(stuck);
    await clock.advance(1);
    expect(status()).toBe('Cancelled');
    await run(windowsId, [getFile('C:\\y')]);
  },
);

test('each command takes its own time, and shows its start with its end', async () => {
  const { run, clock, simulator } = await startOn({});
  await run(windowsId, [runScript('quick.ps1'), getFile('C:\\big'), getFile('C:\\x')]);
  await clock.advance(11_500);
  expect(simulator.actions()[0]?.commands[0]).toMatchObject({ commandStatus: 'Created', startTime: null });
  await clock.advance(600_000);
  const [action] = simulator.actions();
  expect(action?.commands.map((command) => [command.startTime?.slice(14), command.endTime?.slice(14)])).toEqual([
    ['00:11Z', '00:12Z'],
    ['00:13Z', '01:43Z'],
    ['01:44Z', '01:49Z'],
  ]);
  expect(action?.lastUpdateDateTimeUtc).toMatch(/^2026-03-01T12:01:50/);
});

test.each(['TimeOut', 'Failed'] as const)(
  'a script that takes longer than ten minutes makes its action %s',
  async (scriptTimeout) => {
    const { run, clock, simulator, status, get } = await startOn({}, { switches: { scriptTimeout } });
    const id = await run(windowsId, [runScript('slow.ps1'), getFile('C:\\x')]);
    await clock.advance(10_000 + 1000 + 599_999);
    expect(status()).toBe('InProgress');
    await clock.advance(1 + 1000);
    expect(simulator.actions()[0]).toMatchObject({
      status: scriptTimeout,
      commands: [{ commandStatus: 'Failed', errors: ['Script slow.ps1 has timed out'] }, { commandStatus: 'Created' }],
    });
    expect((await get(`machineactions/${id}/GetLiveResponseResultDownloadLink(index=0)`)).status).toBe(404);
  },
);

test.each(['Created', 'Failed'] as const)(
  'what a failed command skips is %s, without an error',
  async (skippedCommands) => {
    const { run, clock, simulator } = await startOn({}, { switches: { skippedCommands } });
    await run(windowsId, [runScript('quick.ps1'), runScript('bad.ps1'), getFile('C:\\x'), getFile('C:\\y')]);
    await clock.advance(600_000);
    expect(simulator.actions()[0]?.commands).toMatchObject([
      { commandStatus: 'Completed', errors: [] },
      { commandStatus: 'Failed', errors: ['no'] },
      { commandStatus: skippedCommands, errors: [], startTime: null },
      { commandStatus: skippedCommands, errors: [], startTime: null },
    ]);
  },
);

test('a cancelled action may end as Failed', async () => {
  const { run, clock, status, cancel } = await startOn({ stuck: 'Pending' }, { switches: { cancelEnd: 'Failed' } });
  expect(await cancel(await run(windowsId, [getFile('C:\\x')]))).toBe(200);
  await clock.advance(40_000);
  expect(status()).toBe('Failed');
});

test('an action that was cancelled before its machine asked for it stays Cancelled', async () => {
  const { run, clock, status, cancel } = await startOn({ onlineAt: '2026-03-01T12:05:00Z' });
  await cancel(await run(windowsId, [getFile('C:\\x')]));
  await clock.advance(600_000);
  expect(status()).toBe('Cancelled');
});

test('a script that takes exactly its ten minutes completes', async () => {
  const { run, clock, status } = await startOn({});
  await run(windowsId, [runScript('edge.ps1')]);
  await clock.advance(700_000);
  expect(status()).toBe('Succeeded');
});

test('an action that ends before its cancellation does keeps its end', async () => {
  const { run, clock, simulator, cancel } = await startOn({});
  const id = await run(windowsId, [getFile('C:\\x')]);
  await clock.advance(10_000);
  expect(await cancel(id)).toBe(200);
  await clock.advance(60_000);
  expect(simulator.actions()[0]).toMatchObject({ status: 'Succeeded', cancellationComment: 'c' });
});

test.each([400, 409, 200] as const)(
  'cancelling what has ended is answered with %d and changes nothing',
  async (cancelOfEnded) => {
    const { run, clock, simulator, cancel } = await startOn({}, { switches: { cancelOfEnded } });
    const id = await run(windowsId, [getFile('C:\\x')]);
    await clock.advance(60_000);
    const before = simulator.actions();
    expect(await cancel(id)).toBe(cancelOfEnded);
    await clock.advance(60_000);
    expect(simulator.actions()).toEqual(before);
  },
);

test.each([404, 400] as const)('there is no link before the end, answered with %d', async (noResult) => {
  const { run, get } = await startOn({ stuck: 'Pending' }, { switches: { noResult } });
  const id = await run(windowsId, [getFile('C:\\x')]);
  expect((await get(`machineactions/${id}/GetLiveResponseResultDownloadLink(index=0)`)).status).toBe(noResult);
});

test('actions that were there before are listed and hold their machine; another type needs another role to be cancelled', async () => {
  const offlineId = 'c'.repeat(40);
  const clock = createManualClock('2026-03-01T12:00:00Z');
  const first = await startUnderTest({ machines: [offlineMachine(offlineId)] }, clock);
  await first.run(offlineId, [getFile('C:\\x')]);
  const [template] = first.simulator.actions();
  if (template === undefined) throw new Error('There is no action.');
  const foreign = { ...template, requestor: 'soc@contoso.com', requestorComment: 'theirs' };
  const isolated = { ...foreign, id: 'aaaabbbb-0000-cccc-1111-dddd2222eeee', type: 'Isolate', commands: [] };

  const { get, send } = await startUnderTest(
    { machines: [offlineMachine(offlineId)], pastActions: [isolated, foreign] },
    clock,
  );

  const { body } = await get(`machineactions?$filter=machineId eq '${offlineId}'`);
  expect(body['value']).toMatchObject([{ type: 'LiveResponse', requestor: 'soc@contoso.com' }, { type: 'Isolate' }]);
  const run = await send('POST', `machines/${offlineId}/runliveresponse`, {
    Comment: 'c',
    Commands: [getFile('C:\\x')],
  });
  expect(run.status).toBe(400);
  expect((await send('POST', `machineactions/${isolated.id}/cancel`, { Comment: 'c' })).status).toBe(403);
  expect((await send('POST', `machineactions/${foreign.id}/cancel`, { Comment: 'c' })).status).toBe(200);
  expect(foreign.cancellationComment).toBe(null);
});
