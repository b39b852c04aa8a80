import { expect, test } from 'vitest';
import { createManualClock } from '../../../local/simulator/manual-clock.ts';
import { makeMachine } from '../../../local/simulator/make-entities.ts';
import type { Switches } from '../../../local/simulator/switches.ts';
import { getFile, offlineMachine, putFile, runScript, startUnderTest, windowsId } from './simulator-under-test.ts';

const noon = '2026-03-01T12:00:00Z';
const id = 'b'.repeat(40);
const path = `machines/${id}/runliveresponse`;
const body = { Comment: 'c', Commands: [getFile('C:\\x')] };
const busy = [400, { error: { code: 'ActiveRequestAlreadyExists' } }];

test('by a switch a second request right behind the first slips past the guard, and both exist', async () => {
  const clock = createManualClock(noon);
  const changes = { machines: [offlineMachine(id)], timings: { raceMs: 500 }, switches: { race: 'accepted' } } as const;
  const { send, simulator } = await startUnderTest(changes, clock);
  expect((await send('POST', path, body)).status).toBe(201);
  await clock.advance(500);
  expect((await send('POST', path, body)).status).toBe(201);
  await clock.advance(1);
  const third = await send('POST', path, body);
  expect([third.status, third.body]).toMatchObject(busy);
  expect(simulator.actions().map((action) => action.status)).toEqual(['Pending', 'Pending']);
});

test("a person's session in the portal holds a machine while no list shows it: planned, or opened by hand", async () => {
  const clock = createManualClock(noon);
  const portalSessions = [{ from: '2026-03-01T12:01:00Z', until: '2026-03-01T12:03:00Z' }];
  const { send, simulator, get } = await startUnderTest(
    { machines: [{ ...offlineMachine(id), portalSessions }], timings: { queueMs: 1000 } },
    clock,
  );
  const attempt = async () => (await send('POST', path, body)).status;
  expect(await attempt()).toBe(201);
  await clock.advance(60_000);
  const held = await send('POST', path, body);
  expect([held.status, held.body]).toMatchObject(busy);
  expect((await get("machineactions?$filter=status eq 'Pending'")).body['value']).toEqual([]);
  await clock.advance(119_999);
  expect(await attempt()).toBe(400);
  await clock.advance(1);
  simulator.setPortalSession(id, 'open');
  expect(await attempt()).toBe(400);
  simulator.setPortalSession(id, 'ended');
  expect(await attempt()).toBe(201);
});

test('live response can be turned off in the tenant', async () => {
  const { send } = await startUnderTest({ switches: { liveResponse: 'off' } });
  const answer = await send('POST', `machines/${windowsId}/runliveresponse`, body);
  expect([answer.status, answer.body]).toMatchObject([403, { error: { code: 'DisabledFeature' } }]);
});

test('a machine may be too old for live response', async () => {
  const entity = makeMachine({ id, osPlatform: 'Windows10', computerDnsName: 'old' });
  const { send } = await startUnderTest({
    machines: [{ kind: 'unsupported', entity, code: 'ClientVersionNotSupported' }],
  });
  const answer = await send('POST', path, body);
  expect([answer.status, answer.body]).toMatchObject([400, { error: { code: 'ClientVersionNotSupported' } }]);
});

test.each([
  ['never taken up', 201, 'TimeOut'],
  ['not found', 404, undefined],
  ['runs', 201, 'Succeeded'],
] as const)('a live response on a machine that was merged into another: %s', async (mergedMachine, status, end) => {
  const clock = createManualClock(noon);
  const entity = makeMachine({
    id,
    osPlatform: 'Windows11',
    computerDnsName: 'twin',
    mergedIntoMachineId: windowsId,
    isPotentialDuplication: true,
  });
  const recording = { scripts: {}, files: {}, anyFile: { content: { text: 'x' }, gzip: true } };
  const { send, get, simulator } = await startUnderTest(
    { machines: [{ kind: 'recorded', entity, recording }], switches: { mergedMachine } },
    clock,
  );
  expect((await get(`machines/${id}`)).body).toMatchObject({ mergedIntoMachineId: windowsId });
  expect((await send('POST', path, body)).status).toBe(status);
  await clock.advance(7_200_000);
  expect(simulator.actions()[0]?.status).toBe(end);
});

const missing = { Comment: 'c', Commands: [putFile('none.exe'), runScript('none.ps1')] };
const withArgs = (args: string) => ({ Comment: 'c', Commands: [runScript('minidump.ps1', args)] });
const long = 'a'.repeat(8193);

test.each<[Partial<Switches>, unknown, number, string[]]>([
  [{}, missing, 201, ['File none.exe was not found in the library']],
  [{ unknownScript: 'refused' }, missing, 400, []],
  [
    {},
    withArgs('a&b'),
    201,
    ["Please avoid using the following characters as part of scripts' parameters: ; & | ! $ ( )"],
  ],
  [{ forbiddenArgs: 'refused' }, withArgs('a&b'), 400, []],
  [{ forbiddenArgs: 'passed' }, withArgs('a&b'), 201, []],
  [{}, withArgs(long), 400, []],
  [{}, withArgs(long.slice(1)), 201, []],
  [
    { longArgs: 'command fails' },
    withArgs(long),
    201,
    ['Script parameters exceed the maximum length of 8192 characters'],
  ],
  [{}, withArgs(''), 400, []],
  [{ emptyArgs: 'passed' }, withArgs(''), 201, []],
  [{}, { ...body, Comment: 'c'.repeat(4001) }, 400, []],
  [{}, { Comment: 'c', Commands: [getFile('C:\\x'), runScript('minidump.ps1')] }, 400, []],
  [{ commandOrder: 'free' }, { Comment: 'c', Commands: [getFile('C:\\x'), runScript('minidump.ps1')] }, 201, []],
  [{ acceptedStatus: 200 }, body, 200, []],
])('with %j a request is answered by what its commands are', async (switches, request, status, errors) => {
  const { send, ended } = await startUnderTest({ switches });
  const answer = await send('POST', `machines/${windowsId}/runliveresponse`, request);
  expect(answer.status).toBe(status);
  if (status === 400) {
    expect(answer.body).toMatchObject({ error: { code: expect.stringMatching(/^Invalid(Input|RequestBody)$/) } });
    return;
  }
  const action = await ended(String(answer.body['id']));
  expect(action.commands.flatMap((command) => command.errors)).toEqual(errors);
  expect(action.status).toBe(errors.length === 0 ? 'Succeeded' : 'Failed');
});
