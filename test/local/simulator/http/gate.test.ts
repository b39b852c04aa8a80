import { expect, test } from 'vitest';
import { createManualClock } from '../../../../local/simulator/manual-clock.ts';
import { mintToken } from '../../../../local/simulator/token.ts';
import { ask, startUnderTest } from '../simulator-under-test.ts';

test('a role that was just granted opens nothing for a while, then everything; the others are not late', async () => {
  const clock = createManualClock('2026-03-01T12:00:00Z');
  const lateRoles = { 'Library.Manage': '2026-03-01T12:10:00Z' };
  const { get } = await startUnderTest({ lateRoles }, clock);
  const looks = async () => [(await get('libraryfiles')).status, (await get('alerts')).status];

  expect(await looks()).toEqual([403, 200]);
  await clock.advance(599_999);
  expect(await looks()).toEqual([403, 200]);
  await clock.advance(1);
  expect(await looks()).toEqual([200, 200]);
});

test.each([
  ['refused', 401],
  ['taken', 200],
] as const)('a token for the audience of Defender XDR is %s', async (xdrAudience, status) => {
  const { simulator } = await startUnderTest({ switches: { xdrAudience } });
  const [header, claims = ''] = simulator.token.split('.');
  const changed = {
    ...JSON.parse(Buffer.from(claims, 'base64url').toString()),
    aud: 'https://api.security.microsoft.com',
  };
  const authorization = `Bearer ${header}.${Buffer.from(JSON.stringify(changed)).toString('base64url')}.`;
  expect((await ask(`${simulator.apiUrl}/api/alerts`, { headers: { authorization } })).status).toBe(status);
});

test.each([
  ['Machine.ReadWrite.All', ['Machine.ReadWrite.All']],
  ['or Machine.Read.All', ['Machine.Read.All', 'Machine.ReadWrite.All']],
  ['Machine.LiveResponse', ['Machine.LiveResponse']],
] as const)('a result link by the reading "%s" opens to %j', async (resultLinkRole, opening) => {
  const { simulator } = await startUnderTest({ switches: { resultLinkRole } });
  const path = 'machineactions/aaaabbbb-0000-cccc-1111-dddd2222eeee/GetLiveResponseResultDownloadLink(index=0)';
  const opened = [];
  for (const role of ['Machine.LiveResponse', 'Machine.Read.All', 'Machine.ReadWrite.All']) {
    const headers = { authorization: `Bearer ${simulator.tokenWith([role])}` };
    if ((await ask(`${simulator.apiUrl}/api/${path}`, { headers })).status === 404) opened.push(role);
  }
  expect(opened).toEqual(opening);
});

test('the log of calls knows apps, and hides what might be a secret in a query', async () => {
  const { simulator, get } = await startUnderTest();
  const token = mintToken({
    tenantId: 'a839b112-1253-6432-9bf6-94542403f21c',
    appId: 'another app',
    appName: 'x',
    roles: [],
    nowMs: Date.now(),
    lifetimeMs: 60_000,
  });
  await ask(`${simulator.apiUrl}/api/alerts`, { headers: { authorization: `Bearer ${token}` } });
  await get("alerts?$filter=status eq 'New'&access_token=SECRET&sig=SECRET");
  await ask(`${simulator.apiUrl}/api/alerts?SECRET`);
  expect(simulator.calls()).toMatchObject([
    { appId: 'another app', status: 403, query: '' },
    {
      appId: '5f0c2d7e-8b1a-4c3d-9e6f-0a1b2c3d4e5f',
      status: 200,
      query: '$filter=status%20eq%20%27New%27&access_token=…&sig=…',
    },
    { appId: null, status: 401, query: '…' },
  ]);
  expect(JSON.stringify(simulator.calls())).not.toContain('SECRET');
});
