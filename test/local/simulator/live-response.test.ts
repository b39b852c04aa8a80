import { expect, test } from 'vitest';
import { getFile, putFile, runScript, startUnderTest, windowsId } from './simulator-under-test.ts';

const get = getFile('C:\\x.zip');
const run = runScript('minidump.ps1');
const put = putFile('minidump.ps1');
const path = `machines/${windowsId}/runliveresponse`;

test.each([
  ['no Comment', { Commands: [get] }, 'MissingRequiredParameter'],
  ['an empty Comment', { Comment: '', Commands: [get] }, 'InvalidRequestBody'],
  ['no Commands', { Comment: 'c' }, 'MissingRequiredParameter'],
  ['lower-case commands', { Comment: 'c', commands: [get] }, 'MissingRequiredParameter'],
  ['lower-case comment', { comment: 'c', Commands: [get] }, 'MissingRequiredParameter'],
  ['an empty list', { Comment: 'c', Commands: [] }, 'InvalidRequestBody'],
  ['an unknown type', { Comment: 'c', Commands: [{ ...get, type: 'Isolate' }] }, 'InvalidRequestBody'],
  ['a type in lower case', { Comment: 'c', Commands: [{ ...get, type: 'getfile' }] }, 'InvalidRequestBody'],
  [
    'Type in place of type',
    { Comment: 'c', Commands: [{ Type: 'GetFile', params: get.params }] },
    'InvalidRequestBody',
  ],
  [
    'Params in place of params',
    { Comment: 'c', Commands: [{ type: 'GetFile', Params: get.params }] },
    'InvalidRequestBody',
  ],
  [
    'Key in place of key',
    { Comment: 'c', Commands: [{ type: 'GetFile', params: [{ Key: 'Path', value: 'C:\\x' }] }] },
    'InvalidRequestBody',
  ],
  [
    'path in place of Path',
    { Comment: 'c', Commands: [{ type: 'GetFile', params: [{ key: 'path', value: 'C:\\x' }] }] },
    'InvalidRequestBody',
  ],
  [
    'the same key twice',
    { Comment: 'c', Commands: [{ type: 'GetFile', params: [...get.params, ...get.params] }] },
    'InvalidRequestBody',
  ],
  [
    'a parameter of another type',
    { Comment: 'c', Commands: [{ type: 'GetFile', params: [...get.params, { key: 'Args', value: 'x' }] }] },
    'InvalidRequestBody',
  ],
  ['empty Args', { Comment: 'c', Commands: [runScript('minidump.ps1', '')] }, 'InvalidRequestBody'],
  [
    'Args without a script',
    { Comment: 'c', Commands: [{ type: 'RunScript', params: [{ key: 'Args', value: 'x' }] }] },
    'InvalidRequestBody',
  ],
  ['GetFile before RunScript', { Comment: 'c', Commands: [get, run] }, 'InvalidRequestBody'],
  ['RunScript before PutFile', { Comment: 'c', Commands: [run, put] }, 'InvalidRequestBody'],
  ['GetFile before PutFile', { Comment: 'c', Commands: [put, get, put] }, 'InvalidRequestBody'],
  ['no object', [get], 'InvalidRequestBody'],
])('a body with %s is refused with 400', async (_, body, code) => {
  const { send, simulator } = await startUnderTest();

  const answer = await send('POST', path, body);

  expect([answer.status, answer.body]).toEqual([
    400,
    { error: { code, message: expect.any(String), target: expect.stringMatching(/^[0-9a-f-]{36}$/) } },
  ]);
  expect(simulator.actions()).toEqual([]);
});

test('each type may be repeated, in order', async () => {
  const { run: start, ended } = await startUnderTest();

  const action = await ended(await start(windowsId, [put, put, run, run, get, get]));

  expect(action.status).toBe('Succeeded');
  expect(action.commands.map((command) => [command.index, command.commandStatus])).toEqual(
    [0, 1, 2, 3, 4, 5].map((index) => [index, 'Completed']),
  );
});

test('a body that is not JSON, or not said to be, is refused', async () => {
  const { simulator } = await startUnderTest();
  const post = (body: string, type: string) =>
    fetch(`${simulator.apiUrl}/api/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${simulator.token}`, 'content-type': type },
      body,
    });
  expect((await post('{"Comment":', 'application/json')).status).toBe(400);
  expect((await post(JSON.stringify({ Comment: 'c', Commands: [get] }), 'text/plain')).status).toBe(400);
  expect(
    (await post(JSON.stringify({ Comment: 'c', Commands: [get] }), 'application/json; charset=utf-8')).status,
  ).toBe(201);
});

test('an unknown machine is 404 ResourceNotFound, and a platform without live response 400', async () => {
  const { send } = await startUnderTest();
  const body = { Comment: 'c', Commands: [get] };

  const unknown = await send('POST', `machines/${'f'.repeat(40)}/runliveresponse`, body);
  const phone = await send('POST', 'machines/9d3f0b6a27c14e85f1b09c6d7e2a48310fd5c6b4/runliveresponse', body);

  expect([unknown.status, unknown.body]).toMatchObject([
    404,
    { error: { code: 'ResourceNotFound', message: `Machine ${'f'.repeat(40)} was not found` } },
  ]);
  expect([phone.status, phone.body]).toMatchObject([400, { error: { code: 'OsPlatformNotSupported' } }]);
});

test('a machine has one live response at a time', async () => {
  const { send, ended, run: start } = await startUnderTest({ timings: { pendingMs: 50 } });
  const first = await start(windowsId, [get]);

  const second = await send('POST', path, { Comment: 'c', Commands: [get] });

  expect([second.status, second.body]).toMatchObject([
    400,
    { error: { code: 'ActiveRequestAlreadyExists', message: 'Action is already in progress' } },
  ]);
  await ended(first);
  expect((await send('POST', path, { Comment: 'c', Commands: [get] })).status).toBe(201);
});
