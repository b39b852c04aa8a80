import { expect, test } from 'vitest';
import { makeMachine } from '../../../local/simulator/make-entities.ts';
import { createManualClock } from '../../../local/simulator/manual-clock.ts';
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
