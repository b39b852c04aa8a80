import { expect, test } from 'vitest';
import { makeAlert, makeMachine } from '../../../local/simulator/make-entities.ts';
import { createManualClock } from './manual-clock.ts';
import { startUnderTest } from './simulator-under-test.ts';

const machineId = '1e5bc9d7e413ddd7902c2932e418702b84d0cc07';
const path = 'C:\\windows\\TEMP\\OfficeClickToRun.dmp.zip';
const sampleBody = {
  Commands: [
    {
      type: 'RunScript',
      params: [
        { key: 'ScriptName', value: 'minidump.ps1' },
        { key: 'Args', value: 'OfficeClickToRun' },
      ],
    },
    { type: 'GetFile', params: [{ key: 'Path', value: path }] },
  ],
  Comment: 'Testing Live Response API',
};
const relatedFile = {
  sha1: 'f2a00fd2f2de1be0214b8529f1e9f67096c1aa70',
  sha256: 'dcd71ef5fff4362a9f64cf3f96f14f2b11d6f428f3badbedcb9ff3361e7079aa',
  md5: '8d5b7cc9a832e21d22503057e1fec8e9',
  globalPrevalence: 29,
  globalFirstObserved: '2019-03-23T23:54:06.0135204Z',
  globalLastObserved: '2019-04-23T00:43:20.0489831Z',
  size: 113984,
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

test('a live response is accepted as Pending, with its commands Created, and the fields that only real answers have', async () => {
  const machine = makeMachine({ id: machineId, osPlatform: 'Windows10', computerDnsName: 'hostname' });
  const clock = createManualClock('2021-02-04T15:36:52.778Z');
  const { send } = await startUnderTest(
    { appName: 'analyst@microsoft.com', machines: [{ kind: 'offline', entity: machine }] },
    clock,
  );

  const answer = await send('POST', `machines/${machineId}/runliveresponse`, sampleBody);

  expect(answer.status).toBe(201);
  const { id, creationDateTimeUtc, ...body } = answer.body;
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(creationDateTimeUtc).toMatch(/^2021-02-04T15:36:52\.778\d{1,4}Z$/);
  expect(body).toEqual({
    '@odata.context': 'https://api-us3.securitycenter.microsoft.com/api/$metadata#Machines/$entity',
    type: 'LiveResponse',
    requestor: 'analyst@microsoft.com',
    requestorComment: 'Testing Live Response API',
    status: 'Pending',
    machineId,
    computerDnsName: 'hostname',
    lastUpdateDateTimeUtc: creationDateTimeUtc,
    errorHResult: 0,
    commands: [
      {
        index: 0,
        startTime: null,
        endTime: null,
        commandStatus: 'Created',
        errors: [],
        command: {
          type: 'RunScript',
          params: [
            { key: 'ScriptName', value: 'minidump.ps1' },
            { key: 'Args', value: 'OfficeClickToRun' },
          ],
        },
      },
      {
        index: 1,
        startTime: null,
        endTime: null,
        commandStatus: 'Created',
        errors: [],
        command: { type: 'GetFile', params: [{ key: 'Path', value: path }] },
      },
    ],
    title: null,
    cancellationRequestor: null,
    cancellationComment: null,
    cancellationDateTimeUtc: null,
    scope: null,
    externalId: null,
    requestSource: 'PublicApi',
    relatedFileInfo: null,
    troubleshootInfo: null,
  });
});

test('the result of a script is a link to JSON with the preamble and the NUL tail of Windows', async () => {
  const { send, ended, get } = await startUnderTest();
  const { body } = await send('POST', `machines/${machineId}/runliveresponse`, sampleBody);
  const action = await ended(String(body['id']));

  const answer = await get(`machineactions/${action.id}/GetLiveResponseResultDownloadLink(index=0)`);

  expect(answer.status).toBe(200);
  expect(Object.keys(answer.body)).toEqual(['@odata.context', 'value']);
  expect(answer.body['@odata.context']).toMatch(/\/api\/\$metadata#Edm\.String$/);
  const link = String(answer.body['value']);
  expect(link).toMatch(
    /^http:\/\/127\.0\.0\.1:\d+\/investigation-actions-data\/[^/]+\/CustomPlaybookCommandOutput\/[0-9a-f]{32}\?se=\d{4}-\d\d-\d\dT\d\d%3A\d\d%3A\d\dZ&sp=r&sv=2019-07-07&sr=b&sig=[^&]+$/,
  );
  const transcript: unknown = await (await fetch(link)).json();
  expect(transcript).toEqual({
    script_name: 'minidump.ps1',
    exit_code: 0,
    script_output: expect.stringMatching(
      /^Transcript started, output file is C:\\ProgramData\\Microsoft\\Windows Defender Advanced Threat Protection\\Temp\\PSScriptOutputs\\PSScript_Transcript_\{[0-9A-F-]{36}\}\.txt\nC:\\windows\\TEMP\\OfficeClickToRun\.dmp\.zip\n51 MB\n\0\0\0$/,
    ),
    script_errors: '',
  });
});

test('the related files of an alert have hashes and signer, and no path', async () => {
  const id = '636688558380765161_2136280442';
  const entity = makeAlert(null, {
    id,
    severity: 'Low',
    title: 'Sample',
    alertCreationTime: '2019-04-23T00:43:20.0489831Z',
    aadTenantId: 'a839b112-1253-6432-9bf6-94542403f21c',
  });
  const { get } = await startUnderTest({ alerts: [{ entity, relatedFiles: [relatedFile] }] });

  const answer = await get(`alerts/${id}/files`);

  expect(answer.status).toBe(200);
  expect(answer.body['@odata.context']).toMatch(/\/api\/\$metadata#Files$/);
  expect(answer.body['value']).toEqual([relatedFile]);
});

test('the library is listed with hashes; parametersDescription is there only where one was given', async () => {
  const { get } = await startUnderTest({
    libraryFiles: [
      {
        fileName: 'script1.ps1',
        text: 'one',
        description: null,
        creationTime: '2019-10-24T10:54:23.2009016Z',
        createdBy: 'admin',
        hasParameters: true,
        parametersDescription: 'test',
      },
      {
        fileName: 'memdump.exe',
        text: 'two',
        description: 'Process memory dump',
        creationTime: '2018-10-24T10:54:23.2009016Z',
        createdBy: 'admin',
        hasParameters: false,
      },
    ],
  });

  const answer = await get('libraryfiles');

  expect(answer.status).toBe(200);
  expect(answer.body['@odata.context']).toMatch(/\/api\/\$metadata#LibraryFiles$/);
  expect(answer.body['value']).toEqual([
    {
      fileName: 'script1.ps1',
      sha256: '7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',
      description: null,
      creationTime: '2019-10-24T10:54:23.2009016Z',
      lastUpdatedTime: '2019-10-24T10:54:23.2009016Z',
      createdBy: 'admin',
      hasParameters: true,
      parametersDescription: 'test',
    },
    {
      fileName: 'memdump.exe',
      sha256: '3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3',
      description: 'Process memory dump',
      creationTime: '2018-10-24T10:54:23.2009016Z',
      lastUpdatedTime: '2018-10-24T10:54:23.2009016Z',
      createdBy: 'admin',
      hasParameters: false,
    },
  ]);
});

test('the sample upload is answered with 200 and the entity', async () => {
  const { simulator } = await startUnderTest({ appName: 'Uploader' });
  const form = new FormData();
  form.set('file', new Blob(['png']), 'mdatp1.png');
  form.set('ParametersDescription', 'test');
  form.set('HasParameters', 'true');
  form.set('OverrideIfExists', 'true');
  form.set('Description', 'test description');

  const answer = await fetch(`${simulator.apiUrl}/api/libraryfiles`, {
    method: 'POST',
    headers: { authorization: `Bearer ${simulator.token}` },
    body: form,
  });

  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({
    '@odata.context': expect.stringMatching(/#LibraryFiles\/\$entity$/),
    fileName: 'mdatp1.png',
    sha256: '8f8cbb7dcf46e0bc7d53265749a6c17d116093a6ba95e442764060c76fd4a86c',
    description: 'test description',
    creationTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$/),
    lastUpdatedTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$/),
    createdBy: 'Uploader',
    hasParameters: true,
    parametersDescription: 'test',
  });
});
