import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultScenario } from '../../../local/simulator/default-scenario.ts';
import { makeAlert, makeMachine } from '../../../local/simulator/make-entities.ts';
import { type Simulator, startSimulator } from '../../../local/simulator/start-simulator.ts';
import { holdToken } from '../../../shared/defender/access-token.ts';
import { createDefenderClient, type DefenderClient } from '../../../shared/defender/client.ts';
import type { MachineAction } from '../../../shared/domain/machine-action.ts';
import { type Exchange, type Recorder, recordExchanges } from './record-exchanges.ts';

const MACHINE_ID = '1e5bc9d7e413ddd7902c2932e418702b84d0cc07';
const ALERT_ID = '636688558380765161_2136280442';
const PATH = 'C:\\windows\\TEMP\\OfficeClickToRun.dmp.zip';
const OUTPUT = 'C:\\windows\\TEMP\\OfficeClickToRun.dmp.zip\n51 MB';
const TIME = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,7})?Z$/);
const SHA256 = expect.stringMatching(/^[0-9a-f]{64}$/);
const GUID = expect.stringMatching(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

/** The file of the sample answer of "Get alert related files information". */
const PROFILE = {
  sha1: 'f2a00fd2f2de1be0214b8529f1e9f67096c1aa70',
  sha256: 'dcd71ef5fff4362a9f64cf3f96f14f2b11d6f428f3badbedcb9ff3361e7079aa',
  md5: '8d5b7cc9a832e21d22503057e1fec8e9',
  globalPrevalence: 29,
  globalFirstObserved: '2019-03-23T23:54:06.0135204Z',
  globalLastObserved: '2019-04-23T00:43:20.0489831Z',
  size: 113_984,
  fileType: null,
  isPeFile: true,
  filePublisher: 'Microsoft Corporation',
  fileProductName: 'Microsoft© Windows© Operating System',
  signer: 'Microsoft Corporation',
  issuer: 'Microsoft Code Signing PCA',
  signerHash: '9dc17888b5cfad98b3cb35c1994e96227f061675',
  isValidCertificate: true,
  determinationType: 'Unknown',
  determinationValue: null,
};

/** The body of the sample request of "Run live response". */
const RUN_BODY = {
  Commands: [
    {
      type: 'RunScript',
      params: [
        { key: 'ScriptName', value: 'minidump.ps1' },
        { key: 'Args', value: 'OfficeClickToRun' },
      ],
    },
    { type: 'GetFile', params: [{ key: 'Path', value: PATH }] },
  ],
  Comment: 'Testing Live Response API',
};

/** The files of the sample answer of "List library files". */
const LIBRARY = [
  {
    fileName: 'script1.ps1',
    description: null,
    creationTime: '2019-10-24T10:54:23.2009016Z',
    createdBy: 'admin',
    hasParameters: true,
    parametersDescription: 'test',
    text: 'Write-Output 1\r\n',
  },
  {
    fileName: 'script.sh',
    description: null,
    creationTime: '2018-10-24T11:15:35.3688259Z',
    createdBy: 'username',
    hasParameters: false,
    text: 'echo 1\n',
  },
  {
    fileName: 'memdump.exe',
    description: 'Process memory dump',
    creationTime: '2018-10-24T10:54:23.2009016Z',
    createdBy: 'admin',
    hasParameters: false,
    text: 'MZ',
  },
  {
    fileName: 'minidump.ps1',
    description: null,
    creationTime: '2018-10-24T10:54:23.2009016Z',
    createdBy: 'admin',
    hasParameters: true,
    text: 'Write-Output 2\r\n',
  },
];

/** The least that can be run. */
const ONE_COMMAND = [{ type: 'GetFile', path: PATH, madeBy: null }] as const;

describe("the founding documents' requests, sent by the client to the simulator", () => {
  let folder: string;
  let simulator: Simulator;
  let recorder: Recorder;
  let client: DefenderClient;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'founding-'));
    const machine = makeMachine({ id: MACHINE_ID, osPlatform: 'Windows10', computerDnsName: 'hostname' });
    const scenario = defaultScenario({
      files: [],
      timings: { visibilityLagMs: 0, pendingMs: 50, betweenPollsMs: 10, commandMs: 10, cancelMs: 10 },
      limits: { callsPerMinute: 10_000, callsPerHour: 100_000 },
    });
    simulator = await startSimulator({
      folder,
      scenario: {
        ...scenario,
        appName: 'analyst@microsoft.com',
        libraryFiles: LIBRARY,
        machines: [
          {
            kind: 'recorded',
            entity: machine,
            recording: {
              scripts: { 'minidump.ps1': { exitCode: 0, output: OUTPUT, errors: '' } },
              files: { [PATH]: { content: { text: 'the dump' }, gzip: true } },
            },
          },
        ],
        alerts: [
          {
            entity: makeAlert(machine, {
              id: ALERT_ID,
              alertCreationTime: '2018-08-14T10:00:00.1234567Z',
              lastUpdateTime: '2018-08-14T10:05:00.2Z',
              aadTenantId: scenario.tenantId,
              severity: 'Low',
              title: 'a title',
            }),
            relatedFiles: [PROFILE],
          },
        ],
      },
    });
    recorder = await recordExchanges(simulator.apiUrl);
    client = createDefenderClient({ baseUrl: recorder.baseUrl, tokens: holdToken(simulator.token) });
  });

  afterEach(async () => {
    await recorder.close();
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function startSample(): Promise<MachineAction> {
    const started = await client.startLiveResponse({
      machineId: MACHINE_ID,
      comment: 'Testing Live Response API',
      commands: [
        { type: 'RunScript', scriptName: 'minidump.ps1', args: 'OfficeClickToRun' },
        { type: 'GetFile', path: PATH, madeBy: 0 },
      ],
    });
    if (started.outcome !== 'started') throw new Error(JSON.stringify(started));
    return started.action;
  }

  async function download(actionId: string, index: number): Promise<Buffer> {
    const found = await client.getResultLink(actionId, index);
    if (found.outcome !== 'link') throw new Error(found.reason);
    return Buffer.from(await (await fetch(found.link.reveal())).arrayBuffer());
  }

  async function waitForEnd(id: string): Promise<void> {
    await expect
      .poll(() => client.getAction(id), { timeout: 10_000 })
      .toMatchObject({ action: { status: 'Succeeded' } });
  }

  /** What the last call sent and was answered, as the document prints it. */
  function last(): Exchange {
    const exchange = recorder.exchanges.at(-1);
    if (exchange === undefined) throw new Error('Nothing was sent.');
    return exchange;
  }

  function contextOf(name: string): unknown {
    return expect.stringMatching(new RegExp(`^https://[^/]+/api/\\$metadata#${name.replaceAll('$', '\\$')}$`));
  }

  it('get alert related files', async () => {
    const { sha1, sha256, md5, size } = PROFILE;
    const signed = { signer: 'Microsoft Corporation', publisher: 'Microsoft Corporation' };
    expect(await client.getAlertFiles(ALERT_ID)).toEqual({
      outcome: 'found',
      files: [{ path: null, sha1, sha256, md5, sizeBytes: size, ...signed }],
      raw: last().answer.text,
    });
    expect(last()).toMatchObject({
      method: 'GET',
      path: `/api/alerts/${ALERT_ID}/files`,
      headers: { authorization: `Bearer ${simulator.token}` },
      body: '',
      answer: { status: 200, contentType: expect.stringContaining('application/json') },
    });
    expect(JSON.parse(last().answer.text)).toEqual({ '@odata.context': contextOf('Files'), value: [PROFILE] });
    expect(await client.getAlertFiles('636688558380765161_1')).toEqual({ outcome: 'not found' });
    expect(last().answer.status).toBe(404);
  });

  it('run live response, with its states until the end', async () => {
    const action = await startSample();
    const { answer, ...request } = last();
    expect(request).toMatchObject({
      method: 'POST',
      path: expect.stringMatching(new RegExp(`^/api/machines/${MACHINE_ID}/runliveresponse$`, 'i')),
      headers: { authorization: `Bearer ${simulator.token}`, 'content-type': 'application/json' },
    });
    expect(JSON.parse(request.body)).toEqual(RUN_BODY);
    expect(answer).toMatchObject({ status: 201, contentType: expect.stringContaining('application/json') });
    const command = { startTime: null, endTime: null, commandStatus: 'Created', errors: [] };
    expect(JSON.parse(answer.text)).toMatchObject({
      // Real answers have been seen to name another context than the document's.
      '@odata.context': expect.stringContaining('/api/$metadata#Machine'),
      id: GUID,
      type: 'LiveResponse',
      requestor: 'analyst@microsoft.com',
      requestorComment: 'Testing Live Response API',
      status: 'Pending',
      machineId: MACHINE_ID,
      computerDnsName: 'hostname',
      creationDateTimeUtc: TIME,
      lastUpdateDateTimeUtc: TIME,
      errorHResult: 0,
      commands: [
        { index: 0, ...command, command: RUN_BODY.Commands[0] },
        { index: 1, ...command, command: RUN_BODY.Commands[1] },
      ],
    });
    expect(action).toEqual({
      id: GUID,
      status: 'Pending',
      machineId: MACHINE_ID,
      comment: 'Testing Live Response API',
      requestor: 'analyst@microsoft.com',
      requestSource: 'PublicApi',
      createdAt: TIME,
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
          parameters: { path: PATH },
        },
      ],
    });
    expect(
      await client.startLiveResponse({
        machineId: MACHINE_ID,
        comment: 'c',
        commands: ONE_COMMAND,
      }),
    ).toMatchObject({ outcome: 'busy' });
    expect(last().answer).toMatchObject({ status: 400, text: expect.stringContaining('"ActiveRequestAlreadyExists"') });

    await waitForEnd(action.id);
    expect(await client.listActions({ ids: [action.id], machineId: MACHINE_ID })).toMatchObject([
      {
        id: action.id,
        status: 'Succeeded',
        commands: [
          {
            index: 0,
            status: 'Completed',
            startedAt: TIME,
            endedAt: TIME,
            errors: [],
            type: 'RunScript',
            parameters: { scriptname: 'minidump.ps1', args: 'OfficeClickToRun' },
          },
          {
            index: 1,
            status: 'Completed',
            startedAt: TIME,
            endedAt: TIME,
            errors: [],
            type: 'GetFile',
            parameters: { path: PATH },
          },
        ],
      },
    ]);
    expect(await client.cancelAction(action.id, 'too late')).toMatchObject({ outcome: 'already final' });
    expect(
      await client.startLiveResponse({ machineId: '0'.repeat(40), comment: 'c', commands: ONE_COMMAND }),
    ).toMatchObject({ outcome: 'refused' });
    expect(last().answer.status).toBe(404);
    const runs = simulator.calls().filter((call) => call.endpoint === 'runliveresponse');
    expect(runs.map((call) => call.status)).toEqual([201, 400, 404]);
  });

  it('run live response with a file of the library, which has no result', async () => {
    const started = await client.startLiveResponse({
      machineId: MACHINE_ID,
      comment: 'Testing Live Response API',
      commands: [{ type: 'PutFile', fileName: 'memdump.exe' }, ...ONE_COMMAND],
    });
    expect(JSON.parse(last().body)).toMatchObject({
      Commands: [{ type: 'PutFile', params: [{ key: 'FileName', value: 'memdump.exe' }] }, { type: 'GetFile' }],
    });
    const id = started.outcome === 'started' ? started.action.id : '';
    await waitForEnd(id);
    expect(await client.getResultLink(id, 0)).toMatchObject({ outcome: 'no result' });
    expect(await client.getResultLink(id, 1)).toMatchObject({ outcome: 'link' });
  });

  it('get live response result', async () => {
    const { id } = await startSample();
    expect(await client.getResultLink(id, 0)).toMatchObject({ outcome: 'no result' });
    await waitForEnd(id);
    const transcript = await download(id, 0);
    expect(last()).toMatchObject({
      method: 'GET',
      path: `/api/machineactions/${id}/GetLiveResponseResultDownloadLink(index=0)`,
      headers: { authorization: `Bearer ${simulator.token}` },
      body: '',
      answer: { status: 200, contentType: expect.stringContaining('application/json') },
    });
    const { value, ...others } = JSON.parse(last().answer.text);
    expect(others).toEqual({ '@odata.context': contextOf('Edm.String') });
    const link = new URL(value);
    expect(link.pathname).toMatch(/^\/investigation-actions-data\/[^/]+\/CustomPlaybookCommandOutput\/[0-9a-f]{32}$/);
    expect(Object.fromEntries(link.searchParams)).toEqual({
      se: TIME,
      sp: 'r',
      sv: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
      sr: 'b',
      sig: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
    });
    const validMs = Date.parse(link.searchParams.get('se') ?? '') - Date.now();
    expect(validMs).toBeGreaterThan(28 * 60_000);
    expect(validMs).toBeLessThanOrEqual(30 * 60_000 + 1_000);

    // As the document prints it, a line ends with a raw newline inside the JSON string.
    expect(JSON.parse(transcript.toString('utf8').replaceAll('\n', '\\n'))).toEqual({
      script_name: 'minidump.ps1',
      exit_code: 0,
      script_output: expect.stringMatching(
        /^Transcript started, output file is C:\\ProgramData\\Microsoft\\Windows Defender Advanced Threat Protection\\Temp\\PSScriptOutputs\\PSScript_Transcript_.+\.txt\s+C:\\windows\\TEMP\\OfficeClickToRun\.dmp\.zip\n51 MB\n\0+$/,
      ),
      script_errors: '',
    });
    expect(gunzipSync(await download(id, 1)).toString()).toBe('the dump');
    expect(await client.getResultLink(id, 2)).toMatchObject({ outcome: 'no result' });
    // A link can be made again while the first is still valid, without another live response.
    expect((await download(id, 0)).equals(transcript)).toBe(true);
    expect(simulator.actions()).toHaveLength(1);
  });

  it('list library files', async () => {
    const files = await client.listLibrary();
    expect(last()).toMatchObject({
      method: 'GET',
      path: '/api/libraryfiles',
      headers: { authorization: `Bearer ${simulator.token}` },
      body: '',
      answer: { status: 200, contentType: expect.stringContaining('application/json') },
    });
    const listed = LIBRARY.map(({ text, ...file }) => ({
      ...file,
      sha256: createHash('sha256').update(text).digest('hex'),
      lastUpdatedTime: file.creationTime,
    }));
    expect(JSON.parse(last().answer.text)).toEqual({ '@odata.context': contextOf('LibraryFiles'), value: listed });
    expect(files).toEqual(
      listed.map(({ fileName, sha256, createdBy, lastUpdatedTime }) => ({
        fileName,
        sha256,
        createdBy,
        lastUpdatedAt: lastUpdatedTime,
      })),
    );
  });

  it('upload to the library, and delete from it', async () => {
    const content = new TextEncoder().encode('the bytes of mdatp1.png\r\n\0');
    const upload = {
      fileName: 'mdatp1.png',
      content,
      description: 'test description',
      parametersDescription: 'test',
      replace: 'replace',
    } as const;
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(await client.uploadToLibrary(upload)).toEqual({
      outcome: 'uploaded',
      file: { fileName: 'mdatp1.png', sha256, createdBy: 'analyst@microsoft.com', lastUpdatedAt: TIME },
    });
    const { answer, ...request } = last();
    expect(request).toMatchObject({
      method: 'POST',
      path: '/api/libraryfiles',
      headers: {
        authorization: `Bearer ${simulator.token}`,
        'content-type': expect.stringMatching(/^multipart\/form-data; boundary=/),
      },
    });
    const form = await new Response(Buffer.from(request.body, 'latin1'), {
      headers: { 'content-type': String(request.headers['content-type']) },
    }).formData();
    const file = form.get('file');
    expect(file instanceof File ? [file.name, await file.bytes()] : file).toEqual(['mdatp1.png', content]);
    form.delete('file');
    expect(Object.fromEntries(form)).toEqual({
      ParametersDescription: 'test',
      HasParameters: 'true',
      OverrideIfExists: 'true',
      Description: 'test description',
    });
    expect(answer).toMatchObject({ status: 200, contentType: expect.stringContaining('application/json') });
    expect(JSON.parse(answer.text)).toEqual({
      '@odata.context': expect.stringContaining('/api/$metadata#LibraryFiles'),
      fileName: 'mdatp1.png',
      sha256: SHA256,
      description: 'test description',
      creationTime: TIME,
      lastUpdatedTime: TIME,
      createdBy: 'analyst@microsoft.com',
      hasParameters: true,
      parametersDescription: 'test',
    });
    expect(await client.uploadToLibrary({ ...upload, replace: 'keep' })).toMatchObject({ outcome: 'exists' });
    expect(last().answer.status).toBe(400);
    expect((await client.listLibrary()).find(({ fileName }) => fileName === 'mdatp1.png')).toMatchObject({ sha256 });
    expect(await client.deleteFromLibrary('mdatp1.png')).toEqual({ outcome: 'deleted' });
    expect(last()).toMatchObject({ method: 'DELETE', path: '/api/libraryfiles/mdatp1.png', answer: { status: 204 } });
    expect(await client.deleteFromLibrary('mdatp1.png')).toEqual({ outcome: 'not found' });
  });

  it('asks of every call the permission that the documents name', async () => {
    const bare = createDefenderClient({ baseUrl: simulator.apiUrl, tokens: holdToken(simulator.tokenWith([])) });
    const upload = { fileName: 'a.ps1', content: new Uint8Array(1), description: '', parametersDescription: '' };
    for (const [call, permission] of [
      [() => bare.getAlertFiles(ALERT_ID), 'File.Read.All'],
      [() => bare.listLibrary(), 'Library.Manage'],
      [() => bare.uploadToLibrary({ ...upload, replace: 'keep' }), 'Library.Manage'],
      [() => bare.getResultLink('aaaabbbb-0000-cccc-1111-dddd2222eeee', 0), 'Machine.ReadWrite.All'],
    ] as const) {
      await expect(call()).rejects.toMatchObject({ status: 403, message: expect.stringContaining(permission) });
    }
    expect(await bare.startLiveResponse({ machineId: MACHINE_ID, comment: 'c', commands: ONE_COMMAND })).toMatchObject({
      outcome: 'not allowed',
      reason: expect.stringContaining('Machine.LiveResponse'),
    });
  });

  it('beside the documents: an alert, its machine and its comments are found', async () => {
    expect(await client.getAlert(ALERT_ID)).toMatchObject({ alert: { id: ALERT_ID, machineId: MACHINE_ID } });
    expect(await client.findMachinesByName('HOSTNAME')).toMatchObject([{ id: MACHINE_ID }]);
    expect(await client.getAlertMachine(ALERT_ID)).toMatchObject({
      machine: { id: MACHINE_ID, operatingSystem: 'windows', mergedInto: null },
    });
    expect(await client.findMachinesByName('nobody')).toEqual([]);
    expect(await client.readComments(ALERT_ID)).toEqual({ outcome: 'found', comments: [] });
    expect(await client.addComment(ALERT_ID, 'Evidence: "2" & more')).toEqual({ outcome: 'added' });
    expect(await client.addComment('da1_1', 'Evidence')).toEqual({ outcome: 'not found' });
    expect(await client.readComments(ALERT_ID)).toEqual({
      outcome: 'found',
      comments: [{ text: 'Evidence: "2" & more', createdBy: 'analyst@microsoft.com', createdAt: TIME }],
    });
  });

  it('beside the documents: alerts are listed by when they were updated, by severity and by status', async () => {
    const ids = (alerts: Awaited<ReturnType<DefenderClient['listAlerts']>>) => alerts.map(({ alert }) => alert.id);
    const updatedFrom = '2018-08-14T10:05:00.200Z';
    const all = await client.listAlerts({ updatedFrom, alertsPerCall: 1 });
    expect(all).toMatchObject([
      { alert: { id: ALERT_ID, severity: 'Low' }, status: 'New', updatedAt: '2018-08-14T10:05:00.2Z' },
    ]);
    expect(ids(await client.listAlerts({ updatedFrom, severities: ['High', 'Low'], statuses: ['New'] }))).toHaveLength(
      1,
    );
    expect(ids(await client.listAlerts({ updatedFrom, severities: ['High'] }))).toEqual([]);
    expect(ids(await client.listAlerts({ updatedFrom, statuses: ['Resolved'] }))).toEqual([]);
    expect(ids(await client.listAlerts({ updatedFrom: '2018-08-14T10:05:00.201Z' }))).toEqual([]);
  });
});
