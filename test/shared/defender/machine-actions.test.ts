import { describe, expect, it } from 'vitest';
import { type Arrived, json, refusal, withScript } from './scripted-server.ts';

const ID = 'c141bb71-8125-4234-a184-5f0c2d7e8b1a';
const MACHINE_ID = '1e5bc9d7e413ddd7902c2932e418702b84d0cc07';

const SUCCEEDED = `{"id":"${ID}","type":"LiveResponse","title":null,"requestor":"M365DLiveResponse",
 "requestorComment":"Create Domain Admin","status":"Succeeded","machineId":"${MACHINE_ID}","computerDnsName":"dc1.corp.example.net",
 "creationDateTimeUtc":"2023-03-18T21:02:00.3538594Z","lastUpdateDateTimeUtc":"2023-03-18T21:04:41.93163Z",
 "cancellationRequestor":null,"cancellationComment":null,"cancellationDateTimeUtc":null,"errorHResult":0,"scope":null,
 "externalId":null,"requestSource":"PublicApi","relatedFileInfo":null,
 "commands":[{"index":0,"startTime":"2023-03-18T21:04:01.92Z","endTime":"2023-03-18T21:04:04.693Z","commandStatus":"Completed",
   "errors":[],"command":{"type":"RunScript","params":[{"key":"ScriptName","value":"Add-DomainAdmin.ps1"}]}}],
 "troubleshootInfo":null}`;

const ACTION = {
  id: ID,
  status: 'Succeeded',
  machineId: MACHINE_ID,
  comment: 'Create Domain Admin',
  requestor: 'M365DLiveResponse',
  requestSource: 'PublicApi',
  createdAt: '2023-03-18T21:02:00.3538594Z',
  commands: [
    {
      index: 0,
      status: 'Completed',
      startedAt: '2023-03-18T21:04:01.92Z',
      endedAt: '2023-03-18T21:04:04.693Z',
      errors: [],
      type: 'RunScript',
      parameters: { scriptname: 'Add-DomainAdmin.ps1' },
    },
  ],
};

function filterOf(call: Arrived | undefined): string | null {
  return new URL(call?.url ?? '', 'http://x').searchParams.get('$filter');
}

function readId(call: Arrived): string[] {
  return [...(filterOf(call) ?? '').matchAll(/'([^']+)'/g)].map((match) => match[1] ?? '');
}

describe('getAction', () => {
  it('reads an action that really succeeded', async () => {
    await withScript([{ status: 200, body: SUCCEEDED }], async ({ client, arrived }) => {
      expect(await client.getAction(ID)).toEqual({ outcome: 'found', action: ACTION });
      expect(arrived).toMatchObject([{ method: 'GET', url: `/api/machineactions/${ID}` }]);
    });
  });

  it('does not find one that Defender does not show yet', async () => {
    await withScript([refusal(404, 'ResourceNotFound', 'Action was not found')], async ({ client }) => {
      expect(await client.getAction(ID)).toEqual({ outcome: 'not found' });
    });
  });

  it.each([
    ['Pending', 'Pending'],
    ['InProgress', 'InProgress'],
    ['Failed', 'Failed'],
    ['TimeOut', 'TimeOut'],
    ['Timeout', 'TimeOut'],
    ['cancelled', 'Cancelled'],
    ['Cancelling', 'InProgress'],
    [null, 'Pending'],
  ])('reads the status %j as %s', async (status, expected) => {
    await withScript([json(200, { id: ID, status })], async ({ client }) => {
      expect(await client.getAction(ID)).toMatchObject({ action: { status: expected } });
    });
  });

  it('takes the index and the errors of a command as Defender gives them, in any order', async () => {
    const commands = [
      {
        index: 2,
        commandStatus: 'Failed',
        errors: ['File not found', 7, null],
        command: { type: 'GetFile', params: [{ key: 'Path', value: '/x' }, { key: 7 }, null] },
      },
      { index: 0, commandStatus: 'Running', errors: 'one text', command: null },
      { commandStatus: null, errors: null },
      null,
      'text',
    ];
    await withScript([json(200, { id: ID, status: 'Failed', commands })], async ({ client }) => {
      const found = await client.getAction(ID);
      expect(found.outcome === 'found' ? found.action.commands : []).toEqual([
        {
          index: 2,
          status: 'Failed',
          startedAt: null,
          endedAt: null,
          errors: ['File not found'],
          type: 'GetFile',
          parameters: { path: '/x' },
        },
        { index: 0, status: 'Created', startedAt: null, endedAt: null, errors: ['one text'], type: '', parameters: {} },
        { index: 2, status: 'Created', startedAt: null, endedAt: null, errors: [], type: '', parameters: {} },
      ]);
    });
  });

  it('reads an action of another kind, which lacks most of it', async () => {
    const body = { id: ID, type: 'Isolate', status: 'Succeeded', commands: [], errorHResult: 0 };
    await withScript([json(200, body)], async ({ client }) => {
      expect(await client.getAction(ID)).toEqual({
        outcome: 'found',
        action: {
          id: ID,
          status: 'Succeeded',
          machineId: '',
          comment: '',
          requestor: null,
          requestSource: null,
          createdAt: null,
          commands: [],
        },
      });
    });
  });
});

describe('listActions', () => {
  it('asks for ids, machine and time in one filter', async () => {
    await withScript([{ status: 200, body: `{"value":[${SUCCEEDED}]}` }], async ({ client, arrived }) => {
      const filter = { ids: [ID, 'b', ID], machineId: MACHINE_ID, createdFrom: '2026-01-20T20:02:18.5451725Z' };
      expect(await client.listActions(filter)).toEqual([ACTION]);
      expect(arrived).toHaveLength(1);
      expect(filterOf(arrived[0])).toBe(
        `id in ('${ID}','b') and machineId eq '${MACHINE_ID}' and creationDateTimeUtc ge 2026-01-20T20:02:18.545Z`,
      );
    });
  });

  it('asks for everything without a filter, and for nothing with no ids', async () => {
    await withScript([json(200, { value: [] })], async ({ client, arrived }) => {
      expect(await client.listActions({ ids: [] })).toEqual([]);
      expect(arrived).toEqual([]);
      expect(await client.listActions({})).toEqual([]);
      expect(arrived.map((call) => call.url)).toEqual(['/api/machineactions']);
    });
  });

  it('asks for a thousand ids in URLs under 6,000 characters, each id once', async () => {
    const ids = Array.from(
      { length: 1_000 },
      (_, number) => `c141bb71-8125-4234-a184-${`${number}`.padStart(12, '0')}`,
    );
    const page = json(200, { value: [{ id: ID, status: 'Pending' }] });
    await withScript(
      Array.from({ length: 20 }, () => page),
      async ({ client, baseUrl, arrived }) => {
        expect(await client.listActions({ ids, machineId: MACHINE_ID })).toHaveLength(arrived.length);
        const lengths = arrived.map((call) => `${baseUrl}${call.url}`.length);
        expect(Math.max(...lengths)).toBeLessThan(6_000);
        // As few calls as that allows: every one but the last is nearly full.
        expect(Math.min(...lengths.slice(0, -1))).toBeGreaterThan(5_900);
        expect(arrived.flatMap(readId).filter((id) => id !== MACHINE_ID)).toEqual(ids);
        expect(arrived.every((call) => filterOf(call)?.endsWith(` and machineId eq '${MACHINE_ID}'`))).toBe(true);
      },
    );
  });

  it('follows next links to the end, whether absolute or relative', async () => {
    const second = { value: [{ id: 'b', status: 'Pending' }], '@odata.nextLink': '/api/machineactions?$skip=2' };
    const third = json(200, { value: [{ id: 'c', status: 'Pending' }], '@odata.nextLink': null });
    const steps = [json(200, {}), json(200, second), third];
    await withScript(steps, async ({ client, baseUrl, arrived }) => {
      const first = {
        value: [{ id: 'a', status: 'Pending' }],
        '@odata.nextLink': `${baseUrl}/api/machineactions?$skip=1`,
      };
      steps[0] = json(200, first);
      expect((await client.listActions({})).map((action) => action.id)).toEqual(['a', 'b', 'c']);
      expect(arrived.map((call) => call.url)).toEqual([
        '/api/machineactions',
        '/api/machineactions?$skip=1',
        '/api/machineactions?$skip=2',
      ]);
    });
  });

  it('takes the token to no other host, and never passes a part of a list off as the whole', async () => {
    await withScript([json(200, { value: [] })], async (other) => {
      for (const link of [
        `${other.baseUrl}/api/machineactions?$skip=1&sig=SECRET`,
        'https://127.0.0.1/api/machineactions?sig=SECRET',
        '//evil.example/api?sig=SECRET',
        'http://[broken?sig=SECRET',
      ]) {
        await withScript([json(200, { value: [], '@odata.nextLink': link })], async ({ client }) => {
          const fault = await client.listActions({}).catch((error: unknown) => error);
          expect(fault).toMatchObject({
            code: 'UnreadableAnswer',
            message: expect.stringMatching(/another host|no address/),
          });
          expect(String(fault)).not.toContain('SECRET');
        });
      }
      expect(other.arrived).toEqual([]);
    });
  });

  it('does not go round in a circle', async () => {
    const page = json(200, { value: [], '@odata.nextLink': '/api/machineactions?$skip=1' });
    await withScript([page, page, page], async ({ client, arrived }) => {
      await expect(client.listActions({})).rejects.toMatchObject({
        message: expect.stringContaining('come to an end'),
      });
      expect(arrived).toHaveLength(2);
    });
  });

  it('never takes a 404 for an empty list: who is missing would be started again', async () => {
    await withScript([refusal(404, 'ResourceNotFound', 'no')], async ({ client }) => {
      await expect(client.listActions({ machineId: MACHINE_ID })).rejects.toMatchObject({ status: 404 });
    });
  });

  it.each([{ ids: ["a' or '1"] }, { machineId: "x'" }, { createdFrom: 'yesterday' }, { createdFrom: "2026' or" }])(
    'sends nothing for %j',
    async (filter) => {
      await withScript([], async ({ client, arrived }) => {
        await expect(client.listActions(filter)).rejects.toMatchObject({ code: expect.stringMatching(/^Invalid/) });
        expect(arrived).toEqual([]);
      });
    },
  );

  it('throws when a row has no id, naming the field and not its value', async () => {
    await withScript([json(200, { value: [{ status: 'Pending', id: 7 }] })], async ({ client }) => {
      await expect(client.listActions({})).rejects.toMatchObject({
        code: 'UnreadableAnswer',
        message: expect.stringContaining('not as documented in: id'),
      });
    });
  });
});

describe('cancelAction', () => {
  it('asks with a comment', async () => {
    await withScript([{ status: 200, body: SUCCEEDED }], async ({ client, arrived }) => {
      expect(await client.cancelAction(ID, 'deadline')).toEqual({ outcome: 'asked', action: ACTION });
      expect(arrived).toMatchObject([
        { method: 'POST', url: `/api/machineactions/${ID}/cancel`, body: '{"Comment":"deadline"}' },
      ]);
    });
  });

  it('tells what has ended from what is not there', async () => {
    const steps = [refusal(400, 'BadRequest', 'Action is already completed'), refusal(404, 'ResourceNotFound', 'no')];
    await withScript(steps, async ({ client }) => {
      expect(await client.cancelAction(ID, 'deadline')).toMatchObject({
        outcome: 'already final',
        reason: expect.stringContaining('Action is already completed'),
      });
      expect(await client.cancelAction(ID, 'deadline')).toEqual({ outcome: 'not found' });
    });
  });

  it.each(['InvalidRequestBody', 'MissingRequiredParameter'])(
    'takes no refusal of the request for the end of the action (%s)',
    async (code) => {
      await withScript([refusal(400, code, 'no')], async ({ client }) => {
        await expect(client.cancelAction(ID, 'deadline')).rejects.toMatchObject({ status: 400, code, effect: 'none' });
      });
    },
  );

  it('is sent once, and says when it may have been done', async () => {
    await withScript([{ status: 503 }], async ({ client, arrived }) => {
      await expect(client.cancelAction(ID, 'deadline')).rejects.toMatchObject({ status: 503, effect: 'unknown' });
      expect(arrived).toHaveLength(1);
    });
  });
});
