import { expect, test } from 'vitest';
import { type Changes, getFile, startUnderTest, windowsId } from '../simulator-under-test.ts';

const linuxAlert = 'da639079631400007219_1364969609';
const pendingForever: Changes = { timings: { pendingMs: 3_600_000 } };

test('with more fields, each object has an unknown one, at every level, and all that there was', async () => {
  const plain = await startUnderTest();
  const { get } = await startUnderTest({ switches: { fields: 'more' } });
  const { body } = await get(`alerts/${linuxAlert}`);
  const added = { addedIn2031: { values: [null, 1, 'x'] }, '@odata.added': true };

  expect(body).toMatchObject({ ...added, evidence: [added, added, added], relatedUser: added });
  const without = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (name, inner) =>
      name === 'addedIn2031' || name === '@odata.added' ? undefined : inner,
    );
  expect(without(body)).toEqual((await plain.get(`alerts/${linuxAlert}`)).body);
  expect((await get('alerts')).body['value']).toHaveLength(4);
});

test('with fewer fields, nothing is null or undocumented, and all else is there', async () => {
  const { get, run, send } = await startUnderTest({ ...pendingForever, switches: { fields: 'fewer' } });
  const alert = (await get(`alerts/${linuxAlert}`)).body;
  expect(alert).toMatchObject({
    id: linuxAlert,
    title: expect.any(String),
    evidence: [{ entityType: 'Process' }, {}, {}],
  });
  const id = await run(windowsId, [getFile('C:\\x')]);
  const action = (await get(`machineactions/${id}`)).body;
  expect(Object.keys(action).toSorted()).toEqual(
    [
      'commands',
      'computerDnsName',
      'creationDateTimeUtc',
      'id',
      'lastUpdateDateTimeUtc',
      'machineId',
      'requestor',
    ].concat('requestorComment', 'status', 'type'),
  );
  expect(action['commands']).toEqual([{ index: 0, commandStatus: 'Created', errors: [], command: getFile('C:\\x') }]);
  expect(JSON.stringify([alert, action])).not.toContain('null');
  const error = await send('POST', `machines/${windowsId}/runliveresponse`, {});
  expect(error.body).toMatchObject({ error: { code: 'MissingRequiredParameter', target: expect.any(String) } });
});
