import { expect, test } from 'vitest';
import { createManualClock } from '../../../local/simulator/manual-clock.ts';
import { makeAlert, makeEvidence } from '../../../local/simulator/make-entities.ts';
import type { ScenarioAlert } from '../../../local/simulator/scenario.ts';
import { startUnderTest, windowsId } from './simulator-under-test.ts';

const machine = { id: windowsId, computerDnsName: 'johns-work-computer' };
const given = {
  severity: 'Low',
  title: 'Sample',
  alertCreationTime: '2026-03-01T11:59:00.1234567Z',
  aadTenantId: 'a839b112-1253-6432-9bf6-94542403f21c',
} as const;
const id = 'da639079631300007219_1';

function alertOf(more: Partial<ScenarioAlert>, alertId = id): ScenarioAlert {
  return { entity: makeAlert(machine, { ...given, id: alertId }), relatedFiles: [], ...more };
}

test('an alert does not exist before its time', async () => {
  const clock = createManualClock('2026-03-01T12:00:00Z');
  const { get } = await startUnderTest({ alerts: [alertOf({ appearsAt: '2026-03-01T12:05:00Z' })] }, clock);
  const look = async () => [(await get(`alerts/${id}`)).status, (await get('alerts')).body['value']];
  expect(await look()).toEqual([404, []]);
  await clock.advance(300_000);
  expect(await look()).toMatchObject([200, [{ id }]]);
});

test('an alert changes by itself, in the order of time, and its lastUpdateTime says when; what was changed by PATCH stays', async () => {
  const clock = createManualClock('2026-03-01T12:00:00Z');
  const evidence = [
    makeEvidence({ entityType: 'File', evidenceCreationTime: '2026-03-01T12:02:00Z', fileName: 'late.exe' }),
  ];
  const updates = [
    { at: '2026-03-01T12:02:00.5Z', changes: { evidence, severity: 'High' as const } },
    { at: '2026-03-01T12:01:00Z', changes: { severity: 'Medium' as const, status: 'InProgress' } },
  ];
  const { get, send } = await startUnderTest({ alerts: [alertOf({ updates })] }, clock);
  const look = async () => {
    const { severity, lastUpdateTime, evidence: rows, status } = (await get(`alerts/${id}`)).body;
    return [severity, status, lastUpdateTime, Array.isArray(rows) ? rows.length : -1];
  };
  expect(await look()).toEqual(['Low', 'New', given.alertCreationTime, 0]);
  await clock.advance(60_000);
  expect(await look()).toEqual(['Medium', 'InProgress', '2026-03-01T12:01:00Z', 0]);
  await send('PATCH', `alerts/${id}`, { status: 'Resolved' });
  expect(await look()).toEqual(['Medium', 'Resolved', expect.stringMatching(/^2026-03-01T12:01:00\.\d+Z$/), 0]);
  await clock.advance(60_500);
  expect(await look()).toEqual(['High', 'Resolved', '2026-03-01T12:02:00.5Z', 1]);
  const since = await get('alerts?$filter=lastUpdateTime ge 2026-03-01T12:02:00.5Z');
  expect(since.body['value']).toHaveLength(1);
});

test('an alert can be changed by hand while the simulator runs', async () => {
  const { simulator, get } = await startUnderTest({ alerts: [alertOf({})] });
  simulator.updateAlert(id, { incidentId: 7 });
  const { body } = await get(`alerts/${id}`);
  expect(body['incidentId']).toBe(7);
  expect(body['lastUpdateTime']).not.toBe(given.alertCreationTime);
  expect(() => simulator.updateAlert('da1_1', {})).toThrow('has no alert da1_1');
});

test.each([
  ['endpoint', ['da1_1', 'ed2_2', '636688558380765161_2136280442']],
  ['any', ['da1_1', 'ed2_2', 'ra3_3', 'ca4_4', '636688558380765161_2136280442']],
] as const)('alerts of %s products exist', async (alertPrefixes, ids) => {
  const all = ['da1_1', 'ed2_2', 'ra3_3', 'ca4_4', '636688558380765161_2136280442'];
  const { get } = await startUnderTest({
    alerts: all.map((alertId) => alertOf({}, alertId)),
    switches: { alertPrefixes },
  });
  const found = [];
  for (const alertId of all) if ((await get(`alerts/${alertId}`)).status === 200) found.push(alertId);
  expect(found).toEqual(ids);
  expect((await get('alerts')).body['value']).toHaveLength(ids.length);
});

test('the alerts of a machine are its own, without evidence', async () => {
  const { get, simulator } = await startUnderTest();
  const { body } = await get(`machines/${windowsId}/alerts`);
  expect(body['value']).toMatchObject([{ machineId: windowsId, evidence: [] }]);
  expect((await get(`machines/${windowsId}/alerts?$expand=evidence&$filter=severity eq 'Low'`)).body['value']).toEqual(
    [],
  );
  expect((await get('machines/none/alerts')).status).toBe(404);
  expect(simulator.calls()[0]).toMatchObject({ endpoint: 'machine alerts', machineId: windowsId });
});
