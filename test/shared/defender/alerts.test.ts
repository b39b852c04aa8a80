import { describe, expect, it } from 'vitest';
import { json, refusal, withScript } from './scripted-server.ts';

const ID = 'da637472900382838869_-1364969609';

const BODY = `{"@odata.context":"https://api-us3.securitycenter.microsoft.com/api/$metadata#Alerts/$entity",
 "id":"da637472900382838869_-1364969609","incidentId":1126093,"investigationId":null,"assignedTo":null,
 "severity":"Low","status":"New","classification":null,"determination":null,"investigationState":"Queued",
 "detectionSource":"WindowsDefenderAtp","detectorId":"17e10bbc-3a68-474a-8aad-faef14d43952","category":"Execution",
 "threatFamilyName":null,"title":"Low-reputation arbitrary code executed by signed executable","description":"Binaries signed by Microsoft can be used",
 "alertCreationTime":"2021-01-26T20:33:57.7220239Z","firstEventTime":"2021-01-26T20:31:32.9562661Z","lastEventTime":"2021-01-26T20:31:33.0577322Z",
 "lastUpdateTime":"2021-01-26T20:33:59.2Z","resolvedTime":null,"machineId":"111e6dd8c833c8a052ea231ec1b19adaf497b625",
 "computerDnsName":"temp123.middleeast.corp.microsoft.com","rbacGroupName":"A","aadTenantId":"a839b112-1253-6432-9bf6-94542403f21c",
 "threatName":null,"mitreTechniques":["T1064"],"relatedUser":{"userName":"temp123","domainName":"DOMAIN"},"comments":[],
 "evidence":[
  {"entityType":"User","evidenceCreationTime":"2021-01-26T20:33:58.42Z","sha1":null,"sha256":null,"fileName":null,"filePath":null,"accountName":"name","detectionStatus":null},
  {"entityType":"Process","evidenceCreationTime":"2021-01-26T20:33:58.6133333Z","sha1":"ff836cfb1af40252bd2a2ea843032e99a5b262ed","sha256":"a4752c71d81afd3d5865d24ddb11a6b0c615062fcc448d24050c2172d2cbccd6","fileName":"rundll32.exe","filePath":"C:\\\\Windows\\\\SysWOW64","processId":3276,"processCommandLine":"rundll32.exe  c:\\\\temp\\\\suspicious.dll,RepeatAfterMe"},
  {"entityType":"File","evidenceCreationTime":"2021-01-26T20:33:58.42Z","sha1":"8563f95b2f8a284fc99da44500cd51a77c1ff36c","sha256":"dc0ade0c95d6db98882bc8fa6707e64353cd6f7767ff48d6a81a6c2aef21c608","fileName":"suspicious.dll","filePath":"c:\\\\temp","detectionStatus":"Detected"}
 ]}`;

describe('getAlert', () => {
  it('reads the alert with the files of its evidence, and gives the text as it was sent', async () => {
    await withScript([{ status: 200, body: BODY }], async ({ client, arrived }) => {
      expect(await client.getAlert(ID)).toEqual({
        outcome: 'found',
        raw: BODY,
        alert: {
          id: ID,
          incidentId: '1126093',
          tenantId: 'a839b112-1253-6432-9bf6-94542403f21c',
          machineId: '111e6dd8c833c8a052ea231ec1b19adaf497b625',
          severity: 'Low',
          title: 'Low-reputation arbitrary code executed by signed executable',
          category: 'Execution',
          detectionSource: 'WindowsDefenderAtp',
          createdAt: '2021-01-26T20:33:57.7220239Z',
          files: [
            {
              path: 'C:\\Windows\\SysWOW64\\rundll32.exe',
              sha1: 'ff836cfb1af40252bd2a2ea843032e99a5b262ed',
              sha256: 'a4752c71d81afd3d5865d24ddb11a6b0c615062fcc448d24050c2172d2cbccd6',
              md5: null,
              sizeBytes: null,
            },
            {
              path: 'c:\\temp\\suspicious.dll',
              sha1: '8563f95b2f8a284fc99da44500cd51a77c1ff36c',
              sha256: 'dc0ade0c95d6db98882bc8fa6707e64353cd6f7767ff48d6a81a6c2aef21c608',
              md5: null,
              sizeBytes: null,
            },
          ],
          traces: [
            {
              path: 'C:\\Windows\\SysWOW64\\rundll32.exe',
              commandLine: 'rundll32.exe  c:\\temp\\suspicious.dll,RepeatAfterMe',
              processId: 3276,
              parentProcessId: null,
            },
            { path: 'c:\\temp\\suspicious.dll', commandLine: null, processId: null, parentProcessId: null },
          ],
        },
      });
      expect(arrived).toMatchObject([{ method: 'GET', url: `/api/alerts/${ID}` }]);
      expect(arrived[0]?.headers.authorization).toBe('Bearer eyJ0eXAi.PLANTED-TOKEN.c2ln');
    });
  });

  it('keeps text beyond ASCII as it was sent', async () => {
    const body = JSON.stringify({ id: ID, title: 'Übeltäter ☠ 悪' });
    await withScript([{ status: 200, body }], async ({ client }) => {
      expect(await client.getAlert(ID)).toMatchObject({ raw: body, alert: { title: 'Übeltäter ☠ 悪' } });
    });
  });

  it.each([
    ['with nothing but its id', { id: ID }],
    [
      'with nulls everywhere',
      { id: ID, incidentId: null, aadTenantId: null, machineId: null, severity: null, title: null, evidence: null },
    ],
    ['with empty texts', { id: ID, incidentId: '', aadTenantId: '', machineId: '', severity: '', evidence: [] }],
    [
      'with other types',
      { id: ID, incidentId: {}, aadTenantId: 7, machineId: [], severity: 3, title: 1, evidence: 'x' },
    ],
  ])('reads an alert %s', async (_, body) => {
    await withScript([json(200, body)], async ({ client }) => {
      expect(await client.getAlert(ID)).toMatchObject({
        outcome: 'found',
        alert: {
          id: ID,
          incidentId: null,
          tenantId: null,
          machineId: null,
          severity: 'UnSpecified',
          title: '',
          files: [],
        },
      });
    });
  });

  it('does not find an alert that Defender does not know', async () => {
    const steps = [
      refusal(404, 'ResourceNotFound', 'Alert was not found'),
      { status: 404 },
      { status: 404, body: 'gone' },
    ];
    await withScript(steps, async ({ client }) => {
      for (const _ of steps) expect(await client.getAlert(ID)).toEqual({ outcome: 'not found' });
    });
  });

  it("takes no gateway's web page for Defender's word that there is no such alert", async () => {
    const page = {
      status: 404,
      headers: { 'content-type': 'text/html' },
      body: '<!DOCTYPE html><h1>No such site</h1>',
    };
    await withScript([page, page, page], async ({ client }) => {
      await expect(client.getAlert(ID)).rejects.toMatchObject({
        code: 'UnreadableAnswer',
        status: 404,
        message: expect.stringContaining('DEFENDER_API_URL'),
      });
    });
  });

  it.each(['', '../machines', 'a/b', "a'b", 'a b', 'a?b', '.', 'x'.repeat(129)])(
    'sends nothing for the id %j',
    async (id) => {
      await withScript([], async ({ client, arrived }) => {
        await expect(client.getAlert(id)).rejects.toMatchObject({ code: 'InvalidId', status: null });
        await expect(client.getAlertFiles(id)).rejects.toMatchObject({ code: 'InvalidId' });
        await expect(client.getAlertMachine(id)).rejects.toMatchObject({ code: 'InvalidId' });
        expect(arrived).toEqual([]);
      });
    },
  );
});
