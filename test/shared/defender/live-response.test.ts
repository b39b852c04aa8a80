import { inspect } from 'node:util';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { holdToken } from '../../../shared/defender/access-token.ts';
import { createDefenderClient } from '../../../shared/defender/client.ts';
import { TokenError } from '../../../shared/defender/errors.ts';
import type { LiveResponseRequest } from '../../../shared/domain/machine-action.ts';
import { json, refusal, type Step, withScript } from './scripted-server.ts';

const MACHINE_ID = '1e5bc9d7e413ddd7902c2932e418702b84d0cc07';
const ACTION_ID = 'c141bb71-8125-4234-a184-5f0c2d7e8b1a';

const REQUEST: LiveResponseRequest = {
  machineId: MACHINE_ID,
  comment: 'Testing Live Response API',
  commands: [
    { type: 'RunScript', scriptName: 'minidump.ps1', args: 'OfficeClickToRun' },
    { type: 'GetFile', path: 'C:\\windows\\TEMP\\OfficeClickToRun.dmp.zip', madeBy: 0 },
  ],
};

const STARTED = `{
"@odata.context": "https://api.security.microsoft.com/api/$metadata#MachineActions/$entity",
"id": "${ACTION_ID}",
"type": "LiveResponse",
"requestor": "analyst@microsoft.com",
"requestorComment": "Testing Live Response API",
"status": "Pending",
"machineId": "${MACHINE_ID}",
"computerDnsName": "hostname",
"creationDateTimeUtc": "2021-02-04T15:36:52.7788848Z",
"lastUpdateDateTimeUtc": "2021-02-04T15:36:52.7788848Z",
"errorHResult": 0,
"commands": [
{ "index": 0, "startTime": null, "endTime": null, "commandStatus": "Created", "errors": [],
"command": { "type": "RunScript", "params": [ { "key": "ScriptName", "value": "minidump.ps1" },{ "key": "Args", "value": "OfficeClickToRun" } ] } },
{ "index": 1, "startTime": null, "endTime": null, "commandStatus": "Created", "errors": [],
"command": { "type": "GetFile", "params": [{ "key": "Path", "value": "C:\\\\windows\\\\TEMP\\\\OfficeClickToRun.dmp.zip" } ] } }
]
}`;

async function start(step: Step, request = REQUEST) {
  return withScript([step], async ({ client, arrived, waits }) => {
    const outcome = await client.startLiveResponse(request);
    return { outcome, sent: arrived.length, waits };
  });
}

describe('startLiveResponse', () => {
  it.each([200, 201, 202])('sends the founding sample and reads the answer to it (%i)', async (status) => {
    await withScript([{ status, body: STARTED }], async ({ client, arrived }) => {
      expect(await client.startLiveResponse(REQUEST)).toEqual({
        outcome: 'started',
        action: {
          id: ACTION_ID,
          status: 'Pending',
          machineId: MACHINE_ID,
          comment: 'Testing Live Response API',
          requestor: 'analyst@microsoft.com',
          requestSource: null,
          createdAt: '2021-02-04T15:36:52.7788848Z',
          commands: [
            {
              index: 0,
              status: 'Created',
              startedAt: null,
              endedAt: null,
              errors: [],
              type: 'RunScript',
              parameters: { scriptname: 'minidump.ps1', args: 'OfficeClickToRun' },
            },
            {
              index: 1,
              status: 'Created',
              startedAt: null,
              endedAt: null,
              errors: [],
              type: 'GetFile',
              parameters: { path: 'C:\\windows\\TEMP\\OfficeClickToRun.dmp.zip' },
            },
          ],
        },
      });
      expect(arrived).toMatchObject([{ method: 'POST', url: `/api/machines/${MACHINE_ID}/runliveresponse` }]);
      expect(arrived[0]?.headers['content-type']).toBe('application/json');
      expect(arrived[0]?.body).toBe(
        '{"Commands":[{"type":"RunScript","params":[{"key":"ScriptName","value":"minidump.ps1"},{"key":"Args","value":"OfficeClickToRun"}]},' +
          '{"type":"GetFile","params":[{"key":"Path","value":"C:\\\\windows\\\\TEMP\\\\OfficeClickToRun.dmp.zip"}]}],"Comment":"Testing Live Response API"}',
      );
    });
  });

  it('names a put file as the page does, and leaves empty arguments out', async () => {
    const commands = [
      { type: 'PutFile', fileName: 'tool.exe' },
      { type: 'RunScript', scriptName: 'go.ps1', args: '' },
    ] as const;
    await withScript([{ status: 201, body: STARTED }], async ({ client, arrived }) => {
      await client.startLiveResponse({ machineId: MACHINE_ID, comment: 'c', commands });
      expect(JSON.parse(arrived[0]?.body ?? '')).toEqual({
        Commands: [
          { type: 'PutFile', params: [{ key: 'FileName', value: 'tool.exe' }] },
          { type: 'RunScript', params: [{ key: 'ScriptName', value: 'go.ps1' }] },
        ],
        Comment: 'c',
      });
    });
  });

  const quota =
    'API calls quota exceeded! Maximum allowed 10 per 00:01:00 for the key Destination+TenantID+AppID. You can send requests again in 8 seconds.';

  it.each<[string, Step, Record<string, unknown>]>([
    [
      'a busy machine',
      refusal(400, 'ActiveRequestAlreadyExists', 'Action is already in progress'),
      { outcome: 'busy' },
    ],
    ['a busy machine, not in JSON', { status: 400, body: 'ActiveRequestAlreadyExists: busy' }, { outcome: 'busy' }],
    [
      'an unknown machine',
      refusal(404, 'ResourceNotFound', `Machine ${MACHINE_ID} was not found`),
      { outcome: 'refused' },
    ],
    ['a wrong body', refusal(400, 'InvalidRequestBody', 'Request body is incorrect'), { outcome: 'refused' }],
    ['a platform without live response', refusal(400, 'OsPlatformNotSupported', 'no'), { outcome: 'refused' }],
    [
      'a wrong body that speaks of a busy machine',
      refusal(400, 'InvalidRequestBody', 'ActiveRequestAlreadyExists.ps1 is unknown'),
      { outcome: 'refused' },
    ],
    ['a body too large', { status: 413 }, { outcome: 'refused' }],
    ['a quota that names the wait', refusal(429, '429', quota), { outcome: 'throttled', afterMs: 8_000 }],
    [
      'a quota with Retry-After',
      refusal(429, '429', quota, { 'retry-after': '30' }),
      { outcome: 'throttled', afterMs: 30_000 },
    ],
    ['a quota without a word', { status: 429 }, { outcome: 'throttled', afterMs: 5_500 }],
    ['a quota whose body breaks off', 'cut off 429', { outcome: 'throttled', afterMs: 42_000 }],
    ['a rejected token', { status: 401 }, { outcome: 'not allowed' }],
    ['a missing permission', refusal(403, 'Forbidden', 'no'), { outcome: 'not allowed' }],
    [
      'live response switched off',
      refusal(403, 'DisabledFeature', "Tenant feature isn't enabled"),
      { outcome: 'not allowed' },
    ],
    ['a proxy that wants credentials', { status: 407 }, { outcome: 'not allowed' }],
    ['500', refusal(500, 'InternalServerError', 'no'), { outcome: 'unknown' }],
    ['502', { status: 502, body: '<html>Bad gateway</html>' }, { outcome: 'unknown' }],
    ['503', { status: 503, headers: { 'retry-after': '1' } }, { outcome: 'unknown' }],
    ['504', { status: 504 }, { outcome: 'unknown' }],
    ['408', { status: 408 }, { outcome: 'unknown' }],
    ['a redirect', { status: 307, headers: { location: 'https://evil.example/' } }, { outcome: 'unknown' }],
    ['a page in place of a 404', { status: 404, body: '<html></html>' }, { outcome: 'unknown' }],
    ['a connection that breaks', 'reset', { outcome: 'unknown' }],
    ['no answer in time', 'say nothing', { outcome: 'unknown' }],
    ['an answer that breaks off', 'cut off', { outcome: 'unknown' }],
    ['an empty 200', { status: 200 }, { outcome: 'unknown' }],
    ['a page in place of JSON', { status: 200, body: '<html>Sign in</html>' }, { outcome: 'unknown' }],
    ['JSON that breaks off', { status: 201, body: STARTED.slice(0, 200) }, { outcome: 'unknown' }],
    ['an action without an id', json(201, { status: 'Pending' }), { outcome: 'unknown' }],
    ['an action with a hostile id', json(201, { id: '../x', status: 'Pending' }), { outcome: 'unknown' }],
    ['JSON that is no object', json(201, [1]), { outcome: 'unknown' }],
  ])('sends once, and tells %s by its outcome', async (_, step, expected) => {
    const { outcome, sent, waits } = await start(step);
    expect(outcome).toMatchObject(expected);
    expect(outcome).toMatchObject({ reason: expect.stringMatching(/^Defender.*'run live response'/) });
    expect({ sent, waits }).toEqual({ sent: 1, waits: [] });
  });

  it('sends nothing to a machine whose id is none', async () => {
    await withScript([], async ({ client, arrived }) => {
      expect(await client.startLiveResponse({ ...REQUEST, machineId: '../alerts' })).toMatchObject({
        outcome: 'refused',
      });
      expect(arrived).toEqual([]);
    });
  });

  it('knows that nothing was sent when nobody listens', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise((resolve) => server.close(resolve));
    const client = createDefenderClient({ baseUrl: `http://127.0.0.1:${port}`, tokens: holdToken('token') });
    expect(await client.startLiveResponse(REQUEST)).toMatchObject({
      outcome: 'unreachable',
      reason: expect.stringContaining('nothing was sent'),
    });
  });

  it('knows that nothing was sent when there is no token, and whom that waits for', async () => {
    for (const [code, outcome] of [
      ['TokenRefused', 'not allowed'],
      ['TokenUnavailable', 'unreachable'],
    ] as const) {
      const tokens = {
        getToken: () => Promise.reject(new TokenError(code, 'No access token.')),
        renewToken: async () => null,
        countRenewals: () => 0,
      };
      await withScript(
        [],
        async ({ client, arrived }) => {
          expect(await client.startLiveResponse(REQUEST)).toMatchObject({ outcome });
          expect(arrived).toEqual([]);
        },
        { tokens },
      );
    }
  });

  it('knows a call that was cancelled before from one that was cancelled after it was sent', async () => {
    await withScript(['say nothing'], async ({ client, arrived }) => {
      expect(await client.startLiveResponse(REQUEST, { signal: AbortSignal.abort() })).toMatchObject({
        outcome: 'unreachable',
      });
      expect(arrived).toEqual([]);
      const stop = new AbortController();
      const outcome = client.startLiveResponse(REQUEST, { signal: stop.signal });
      await expect.poll(() => arrived.length).toBe(1);
      stop.abort(new Error('enough'));
      expect(await outcome).toMatchObject({ outcome: 'unknown', reason: expect.stringContaining('was cancelled') });
    });
  });
});

describe('getResultLink', () => {
  const LINK =
    'https://core.windows.net/investigation-actions-data/ID/CustomPlaybookCommandOutput/4ed5e7807ad1fe59b00b664fe06a0f07?se=2021-02-04T16%3A13%3A50Z&sp=r&sv=2019-07-07&sr=b&sig=SECRET';

  it('reads the founding sample, and hides the link', async () => {
    const body = `{\n"@odata.context": "https://api.security.microsoft.com/api/$metadata#Edm.String",\n"value": "${LINK}"\n}`;
    await withScript([{ status: 200, body }], async ({ client, arrived }) => {
      const outcome = await client.getResultLink(ACTION_ID, 0);
      expect(outcome.outcome === 'link' ? outcome.link.reveal() : '').toBe(LINK);
      expect(JSON.stringify(outcome) + inspect(outcome, { depth: 9, showHidden: true })).not.toContain('SECRET');
      expect(arrived[0]?.url).toBe(`/api/machineactions/${ACTION_ID}/GetLiveResponseResultDownloadLink(index=0)`);
    });
  });

  it('takes a link out of quotes', async () => {
    await withScript([json(200, { value: `"${LINK}"` })], async ({ client }) => {
      const outcome = await client.getResultLink(ACTION_ID, 3);
      expect(outcome.outcome === 'link' ? outcome.link.reveal() : '').toBe(LINK);
    });
  });

  it.each<[string, Step]>([
    ['404', refusal(404, 'ResourceNotFound', 'no result')],
    ['400', refusal(400, 'BadRequest', 'Invalid index')],
    ['a null', json(200, { value: null })],
    ['an empty text', json(200, { value: '' })],
    ['an empty object', json(200, {})],
  ])('finds no result in %s', async (_, step) => {
    await withScript([step], async ({ client }) => {
      const outcome = await client.getResultLink(ACTION_ID, 1);
      expect(outcome).toMatchObject({ outcome: 'no result', reason: expect.stringMatching(/\w+\./) });
    });
  });

  it('throws what is neither a link nor the lack of one, without showing it', async () => {
    await withScript([json(200, { value: 'no address, sig=SECRET' })], async ({ client }) => {
      const fault = await client.getResultLink(ACTION_ID, 1).catch((error: unknown) => error);
      expect(fault).toMatchObject({ name: 'DefenderError', code: 'UnreadableAnswer' });
      expect(inspect(fault)).not.toContain('SECRET');
    });
  });

  it.each([-1, 0.5, Number.NaN])('sends nothing for the index %d', async (index) => {
    await withScript([], async ({ client, arrived }) => {
      await expect(client.getResultLink(ACTION_ID, index)).rejects.toMatchObject({ code: 'InvalidArgument' });
      expect(arrived).toEqual([]);
    });
  });
});
