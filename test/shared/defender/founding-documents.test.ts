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

const MACHINE_ID = '1e5bc9d7e413ddd7902c2932e418702b84d0cc07';
const ALERT_ID = '636688558380765161_2136280442';
const PATH = 'C:\\windows\\TEMP\\OfficeClickToRun.dmp.zip';
const OUTPUT = 'C:\\windows\\TEMP\\OfficeClickToRun.dmp.zip\n51 MB';
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

describe("the founding documents' requests, sent by the client to the simulator", () => {
  let folder: string;
  let simulator: Simulator;
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
              aadTenantId: scenario.tenantId,
              severity: 'Low',
              title: 'a title',
            }),
            relatedFiles: [PROFILE],
          },
        ],
      },
    });
    client = createDefenderClient({ baseUrl: simulator.apiUrl, tokens: holdToken(simulator.token) });
  });

  afterEach(async () => {
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

  it('get alert related files', async () => {
    const { sha1, sha256, md5, size } = PROFILE;
    expect(await client.getAlertFiles(ALERT_ID)).toMatchObject({
      outcome: 'found',
      files: [{ path: null, sha1, sha256, md5, sizeBytes: size }],
    });
    expect(await client.getAlert(ALERT_ID)).toMatchObject({ alert: { id: ALERT_ID, machineId: MACHINE_ID } });
    expect(await client.getAlertFiles('636688558380765161_1')).toEqual({ outcome: 'not found' });
  });

  it('run live response, with its states until the end', async () => {
    const action = await startSample();
    expect(action).toMatchObject({
      status: 'Pending',
      machineId: MACHINE_ID,
      comment: 'Testing Live Response API',
      commands: [
        { index: 0, status: 'Created', startedAt: null, endedAt: null, errors: [], type: 'RunScript' },
        { index: 1, status: 'Created', startedAt: null, endedAt: null, errors: [], type: 'GetFile' },
      ],
    });
    expect(
      await client.startLiveResponse({
        machineId: MACHINE_ID,
        comment: 'c',
        commands: [{ type: 'GetFile', path: PATH, madeBy: null }],
      }),
    ).toMatchObject({ outcome: 'busy' });
    await expect
      .poll(() => client.listActions({ ids: [action.id], machineId: MACHINE_ID }), { timeout: 10_000 })
      .toMatchObject([
        { id: action.id, status: 'Succeeded', commands: [{ status: 'Completed' }, { status: 'Completed' }] },
      ]);
    expect(await client.getAction(action.id)).toMatchObject({ outcome: 'found', action: { status: 'Succeeded' } });
    expect(await client.cancelAction(action.id, 'too late')).toMatchObject({ outcome: 'already final' });
    expect(
      simulator
        .calls()
        .filter((call) => call.endpoint === 'runliveresponse')
        .map((call) => call.status),
    ).toEqual([201, 400]);
  });

  it('get live response result', async () => {
    const { id } = await startSample();
    await expect
      .poll(() => client.getAction(id), { timeout: 10_000 })
      .toMatchObject({ action: { status: 'Succeeded' } });
    const transcript = (await download(id, 0)).toString('utf8');
    expect(transcript).toContain('"script_name"');
    expect(transcript).toContain('51 MB');
    expect(gunzipSync(await download(id, 1)).toString()).toBe('the dump');
    expect(await client.getResultLink(id, 2)).toMatchObject({ outcome: 'no result' });
  });

  it('upload to the library, list it, and delete from it', async () => {
    const content = new TextEncoder().encode('Write-Output "mdatp1"\r\n');
    const upload = {
      fileName: 'mdatp1.ps1',
      content,
      description: 'test description',
      parametersDescription: 'test',
      replace: 'keep',
    } as const;
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(await client.uploadToLibrary(upload)).toMatchObject({ outcome: 'uploaded', file: { sha256 } });
    expect(await client.uploadToLibrary(upload)).toMatchObject({ outcome: 'exists' });
    expect(await client.uploadToLibrary({ ...upload, replace: 'replace' })).toMatchObject({ outcome: 'uploaded' });
    expect((await client.listLibrary()).map((file) => [file.fileName, file.sha256])).toEqual(
      expect.arrayContaining([
        ['minidump.ps1', expect.stringMatching(/^[0-9a-f]{64}$/)],
        ['mdatp1.ps1', sha256],
      ]),
    );
    expect(await client.deleteFromLibrary('mdatp1.ps1')).toEqual({ outcome: 'deleted' });
    expect(await client.deleteFromLibrary('mdatp1.ps1')).toEqual({ outcome: 'not found' });
  });

  it('asks of every call the permission that the documents name', async () => {
    const bare = createDefenderClient({ baseUrl: simulator.apiUrl, tokens: holdToken(simulator.tokenWith([])) });
    await expect(bare.getAlertFiles(ALERT_ID)).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('File.Read.All'),
    });
    await expect(bare.listLibrary()).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('Library.Manage'),
    });
    expect(
      await bare.startLiveResponse({
        machineId: MACHINE_ID,
        comment: 'c',
        commands: [{ type: 'GetFile', path: PATH, madeBy: null }],
      }),
    ).toMatchObject({
      outcome: 'not allowed',
      reason: expect.stringContaining('Machine.LiveResponse'),
    });
  });

  it('finds machines by name', async () => {
    expect(await client.findMachinesByName('HOSTNAME')).toMatchObject([{ id: MACHINE_ID }]);
    expect(await client.getAlertMachine(ALERT_ID)).toMatchObject({
      machine: { id: MACHINE_ID, operatingSystem: 'windows' },
    });
    expect(await client.findMachinesByName('nobody')).toEqual([]);
  });
});
