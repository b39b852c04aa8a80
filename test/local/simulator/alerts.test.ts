import { expect, test } from 'vitest';
import { startUnderTest } from './simulator-under-test.ts';

const [linuxAlert, windowsAlert, loneAlert, phoneAlert] = [
  'da639079631400007219_1364969609',
  'da639079631500007219_-1180534512',
  'da639079631600007219_756343937',
  'da639079631700007219_2136280442',
];

test('an alert by id has its evidence inline, with folder and name apart', async () => {
  const { get } = await startUnderTest();

  const { status, body } = await get(`alerts/${encodeURIComponent(windowsAlert)}`);

  expect(status).toBe(200);
  expect(body).toMatchObject({
    '@odata.context': 'https://api-us3.securitycenter.microsoft.com/api/$metadata#Alerts/$entity',
    id: windowsAlert,
    severity: 'Medium',
    status: 'New',
    machineId: '1e5bc9d7e413ddd7902c2932e418702b84d0cc07',
    rbacGroupName: null,
    alertCreationTime: '2026-03-01T11:59:10.000817Z',
    evidence: [
      { entityType: 'File', fileName: 'suspicious.dll', filePath: 'c:\\temp' },
      { entityType: 'File', fileName: 'Suspicious.dll', filePath: 'C:\\Temp' },
      { entityType: 'File', fileName: null, filePath: null },
    ],
  });
});

test('a list of alerts has no evidence unless it is asked for', async () => {
  const { get } = await startUnderTest();
  const evidenceCounts = async (query: string): Promise<unknown> => {
    const { body } = await get(`alerts?${query}`);
    if (!Array.isArray(body['value'])) return body;
    return body['value'].map((alert: { id: string; evidence: unknown[] }) => [alert.id, alert.evidence.length]);
  };

  expect(await evidenceCounts(`$filter=id eq '${windowsAlert}'`)).toEqual([[windowsAlert, 0]]);
  expect(await evidenceCounts(`$filter=id eq '${windowsAlert}'&$expand=evidence`)).toEqual([[windowsAlert, 3]]);
  expect(await evidenceCounts("$filter=severity eq 'High' or severity eq 'Low'")).toEqual([
    [loneAlert, 0],
    [linuxAlert, 0],
  ]);
  expect(await evidenceCounts('$filter=lastUpdateTime+ge+2026-03-01T11:59:20Z&$top=1')).toEqual([[phoneAlert, 0]]);
});

test.each([
  ['alerts?$filter=machineId eq %27x%27', 400, 'ODataError'],
  ['alerts?$expand=machine', 400, 'ODataError'],
  ['alerts/da1_1', 404, 'ResourceNotFound'],
  ['alerts/da1_1/files', 404, 'ResourceNotFound'],
  ['alerts/da1_1/machine', 404, 'ResourceNotFound'],
  [`alerts/${loneAlert}/machine`, 404, 'ResourceNotFound'],
])('GET %s is answered with %d %s', async (path, status, code) => {
  const { get } = await startUnderTest();
  const answer = await get(path);
  expect([answer.status, answer.body]).toMatchObject([status, { error: { code } }]);
});

test('the machine of an alert is its own', async () => {
  const { get } = await startUnderTest();
  const { status, body } = await get(`alerts/${linuxAlert}/machine`);
  expect([status, body['osPlatform'], body['computerDnsName']]).toEqual([200, 'Linux', 'web-04.contoso.com']);
});

test('a comment is appended and everything else is replaced', async () => {
  const { send, get } = await startUnderTest();
  await send('PATCH', `alerts/${linuxAlert}`, { comment: 'first' });

  const answer = await send('PATCH', `alerts/${linuxAlert}`, {
    comment: 'second',
    status: 'Resolved',
    assignedTo: 'x@contoso.com',
  });

  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({
    status: 'Resolved',
    assignedTo: 'x@contoso.com',
    resolvedTime: expect.any(String),
    comments: [
      { comment: 'first', createdBy: 'Evidence Collector', createdTime: expect.any(String) },
      { comment: 'second', createdBy: 'Evidence Collector', createdTime: expect.any(String) },
    ],
  });
  expect((await get(`alerts/${linuxAlert}`)).body).toEqual(answer.body);
});

test.each([[{}], [{ Comment: 'capital' }], [{ status: 'Closed' }], [{ comment: '' }], [[]]])(
  'an update of %j is refused with 400 InvalidRequestBody',
  async (body) => {
    const { send } = await startUnderTest();
    const answer = await send('PATCH', `alerts/${linuxAlert}`, body);
    expect([answer.status, answer.body]).toMatchObject([400, { error: { code: 'InvalidRequestBody' } }]);
  },
);

test('an update of an unknown alert is 404', async () => {
  const { send } = await startUnderTest();
  expect((await send('PATCH', 'alerts/da1_1', { comment: 'x' })).status).toBe(404);
});
