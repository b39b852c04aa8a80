import { expect, test } from 'vitest';
import { linuxId, startUnderTest, windowsId } from './simulator-under-test.ts';

test.each([windowsId, windowsId.toUpperCase(), 'johns-work-computer', 'Johns-Work-Computer'])(
  'a machine is found by id or name in any case: %s',
  async (name) => {
    const { get } = await startUnderTest();
    const { status, body } = await get(`machines/${name}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: windowsId,
      osPlatform: 'Windows11',
      onboardingStatus: 'Onboarded',
      rbacGroupName: null,
    });
    expect(body).not.toHaveProperty('osVersion');
  },
);

test('an unknown machine is 404 ResourceNotFound', async () => {
  const { get } = await startUnderTest();
  const answer = await get('machines/123123123');
  expect([answer.status, answer.body]).toEqual([
    404,
    {
      error: {
        code: 'ResourceNotFound',
        message: 'Machine 123123123 was not found',
        target: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    },
  ]);
});

test.each([
  ["$filter=computerDnsName eq 'johns-work-computer'", [windowsId]],
  ["$filter=startswith(computerDnsName,'johns')", [windowsId]],
  ["$filter=osPlatform eq 'Windows11' and healthStatus eq 'Active'", [windowsId]],
  ["$filter=computerDnsName eq 'nobody'", []],
  ["$filter=machineTags/any(tag: tag eq 'dmz')", [linuxId]],
  ["$filter=machineTags/any(tag: tag eq 'dm')", []],
])('machines?%s', async (query, ids) => {
  const { get } = await startUnderTest();
  const { body } = await get(`machines?${query}`);
  expect(Array.isArray(body['value']) && body['value'].map((machine: { id: string }) => machine.id)).toEqual(ids);
});

test.each([
  ["$filter=machineTags eq 'dmz'"],
  ["$filter=machineTags/any(tag: other eq 'dmz')"],
  ["$filter=osPlatform/any(x: x eq 'Linux')"],
  ['$orderby=machineTags'],
])('machines?%s is refused with 400 ODataError', async (query) => {
  const { get } = await startUnderTest();
  const { status, body } = await get(`machines?${query}`);
  expect([status, body]).toMatchObject([400, { error: { code: 'ODataError' } }]);
});
