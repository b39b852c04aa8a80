import { expect, test } from 'vitest';
import { mintToken } from '../../../../local/simulator/token.ts';
import { createManualClock } from '../../../../local/simulator/manual-clock.ts';
import { ask, startUnderTest } from '../simulator-under-test.ts';

const tenantId = 'a839b112-1253-6432-9bf6-94542403f21c';
const action = 'machineactions/aaaabbbb-0000-cccc-1111-dddd2222eeee';
const machine = 'machines/1e5bc9d7e413ddd7902c2932e418702b84d0cc07';

test.each([
  ['GET', 'alerts/da1_1', ['Alert.Read.All', 'Alert.ReadWrite.All']],
  ['GET', 'alerts', ['Alert.Read.All', 'Alert.ReadWrite.All']],
  ['PATCH', 'alerts/da1_1', ['Alert.ReadWrite.All']],
  ['GET', 'alerts/da1_1/files', ['File.Read.All']],
  ['GET', 'alerts/da1_1/machine', ['Machine.Read.All', 'Machine.ReadWrite.All']],
  ['GET', machine, ['Machine.Read.All', 'Machine.ReadWrite.All']],
  ['GET', 'machines', ['Machine.Read.All', 'Machine.ReadWrite.All']],
  ['POST', `${machine}/runliveresponse`, ['Machine.LiveResponse']],
  ['GET', 'machineactions', ['Machine.Read.All', 'Machine.ReadWrite.All']],
  ['GET', action, ['Machine.Read.All', 'Machine.ReadWrite.All']],
  ['GET', `${action}/GetLiveResponseResultDownloadLink(index=0)`, ['Machine.ReadWrite.All']],
  ['POST', `${action}/cancel`, ['Machine.CollectForensics', 'Machine.LiveResponse']],
  ['GET', `${machine}/alerts`, ['Alert.Read.All', 'Alert.ReadWrite.All']],
  ['POST', `${machine}/collectInvestigationPackage`, ['Machine.CollectForensics']],
  ['GET', `${action}/getPackageUri`, ['Machine.Read.All', 'Machine.ReadWrite.All']],
  ['GET', 'libraryfiles', ['Library.Manage']],
  ['POST', 'libraryfiles', ['Library.Manage']],
  ['DELETE', 'libraryfiles/none.sh', ['Library.Manage']],
])('%s %s opens to any one of its roles and to no other', async (method, path, opening) => {
  const { simulator } = await startUnderTest({ limits: { runsPerMinute: 100, packageUrisPerMinute: 100 } });
  const everyRole = [
    'Alert.Read.All',
    'Alert.ReadWrite.All',
    'File.Read.All',
    'Library.Manage',
    'Machine.CollectForensics',
    'Machine.LiveResponse',
    'Machine.Read.All',
    'Machine.ReadWrite.All',
  ];
  const opened = [];
  for (const role of everyRole) {
    const headers = { authorization: `Bearer ${simulator.tokenWith([role])}` };
    const answer = await ask(`${simulator.apiUrl}/api/${path}`, { method, headers });
    if (answer.status !== 403) opened.push(role);
    else
      expect(answer.body).toEqual({
        error: { code: 'Forbidden', message: expect.any(String), target: expect.any(String) },
      });
  }
  expect(opened).toEqual(opening);
});

const claims = { tenantId, appId: 'app', appName: 'App', roles: ['Alert.Read.All'], lifetimeMs: 3_599_000 };
const noon = Date.parse('2026-03-01T12:00:00Z');

function withClaims(token: string, changes: Record<string, unknown>): string {
  const [header = '', body = ''] = token.split('.');
  const changed = { ...JSON.parse(Buffer.from(body, 'base64url').toString()), ...changes };
  return `${header}.${Buffer.from(JSON.stringify(changed)).toString('base64url')}.`;
}

const good = mintToken({ ...claims, nowMs: noon });

test.each([
  ['none', undefined],
  ['another scheme', `Basic ${good}`],
  ['no token behind the scheme', 'Bearer '],
  ['no JWT', 'Bearer garbled'],
  ['a JWT of garbage', 'Bearer a.b.c'],
  ['a wrong audience', `Bearer ${withClaims(good, { aud: 'https://graph.microsoft.com' })}`],
  ['the audience of Defender XDR', `Bearer ${withClaims(good, { aud: 'https://api.security.microsoft.com' })}`],
  ['another tenant', `Bearer ${withClaims(good, { tid: '00000000-0000-0000-0000-000000000000' })}`],
  ['an end in the past', `Bearer ${mintToken({ ...claims, nowMs: noon - 3_600_000 })}`],
])('an authorization of %s is answered with 401 Unauthorized', async (_, authorization) => {
  const { simulator } = await startUnderTest({}, createManualClock('2026-03-01T12:00:00Z'));

  const answer = await ask(
    `${simulator.apiUrl}/api/alerts`,
    authorization === undefined ? {} : { headers: { authorization } },
  );

  expect(answer.status).toBe(401);
  expect(answer.body).toEqual({
    error: { code: 'Unauthorized', message: expect.any(String), target: expect.any(String) },
  });
});

test('a good token passes until the second it ends', async () => {
  const clock = createManualClock('2026-03-01T12:00:00Z');
  const { simulator, get } = await startUnderTest({ timings: { tokenLifetimeMs: 3_599_000 } }, clock);

  await clock.advance(3_598_999);
  expect((await get('alerts')).status).toBe(200);
  await clock.advance(1);
  expect((await get('alerts')).status).toBe(401);
  expect(simulator.calls().map((call) => call.status)).toEqual([200, 401]);
});

test.each([
  ['GET', 'https://x/api/nothing', 404],
  ['PUT', 'https://x/api/alerts', 404],
  ['GET', 'https://x/alerts', 404],
  ['GET', 'https://x/API/Alerts', 200],
  ['GET', 'https://x/api/MACHINES', 200],
])('%s %s is answered with %d, whatever the case of its path', async (method, address, status) => {
  const { simulator } = await startUnderTest();
  const headers = { authorization: `Bearer ${simulator.token}` };

  const answer = await ask(`${simulator.apiUrl}${new URL(address).pathname}`, { method, headers });

  expect(answer.status).toBe(status);
});

test('the call log knows every call and holds neither token nor signature', async () => {
  const { simulator, get, run, ended, link } = await startUnderTest();
  const windowsId = '1e5bc9d7e413ddd7902c2932e418702b84d0cc07';
  const id = await run(windowsId, [{ type: 'GetFile', params: [{ key: 'Path', value: 'C:\\x.bin' }] }]);
  await ended(id);
  const address = await link(id, 0);
  await ask(address, { headers: { range: 'bytes=0-3' } });
  await get("machineactions?$filter=status eq 'Pending'");

  const calls = simulator.calls();

  expect(calls.map(({ origin, endpoint, method, status }) => [origin, endpoint, method, status])).toEqual([
    ['api', 'runliveresponse', 'POST', 201],
    ['api', 'result link', 'GET', 200],
    ['links', 'result', 'GET', 206],
    ['api', 'machineactions', 'GET', 200],
  ]);
  expect(calls[2]).toMatchObject({ path: new URL(address).pathname, query: '', range: 'bytes=0-3', answer: 'sent' });
  const logged = JSON.stringify(calls);
  expect(logged).not.toContain(simulator.token);
  expect(logged).not.toContain('sig=');
});
