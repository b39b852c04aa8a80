import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createManualClock } from '../../../local/simulator/manual-clock.ts';
import { makeZip } from '../../../local/simulator/results/zip.ts';
import { ask, type Changes, offlineMachine, startUnderTest, windowsId } from './simulator-under-test.ts';

const roles = ['Machine.CollectForensics', 'Machine.ReadWrite.All', 'Machine.LiveResponse'];
const path = `machines/${windowsId}/collectInvestigationPackage`;

async function start(changes: Changes = {}) {
  const clock = createManualClock('2026-03-01T12:00:00Z');
  const timings = { pendingMs: 10_000, packageMs: 60_000 };
  const { simulator } = await startUnderTest({ timings, limits: { packageUrisPerMinute: 100 }, ...changes }, clock);
  const headers = { authorization: `Bearer ${simulator.tokenWith(roles)}`, 'content-type': 'application/json' };
  const post = (to: string, body: unknown) =>
    ask(`${simulator.apiUrl}/api/${to}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const uri = (id: unknown) => ask(`${simulator.apiUrl}/api/machineactions/${id}/getPackageUri`, { headers });
  return { clock, simulator, post, uri };
}

test('a package is collected: 201, 404 for its address until it is complete, then a zip behind a link in quotes', async () => {
  const { clock, post, uri, simulator } = await start();
  const answer = await post(path, { Comment: 'forensics' });
  expect(answer.status).toBe(201);
  expect(answer.body).toMatchObject({
    '@odata.context': expect.stringMatching(/#Machines\/\$entity$/),
    type: 'CollectInvestigationPackage',
    status: 'Pending',
    commands: [],
    requestorComment: 'forensics',
    machineId: windowsId,
  });
  const { id } = answer.body;
  for (const [ms, status] of [
    [0, 404],
    [10_000, 404],
    [59_999, 404],
    [1, 200],
  ] as const) {
    await clock.advance(ms);
    expect((await uri(id)).status).toBe(status);
  }
  const value = String((await uri(id)).body['value']);
  expect(value).toMatch(/^"http:\/\/127\.0\.0\.1:\d+\/safedownload\/WDATP_Investigation_Package\.zip\?token=[^"]+"$/);
  const link = value.slice(1, -1);
  const download = await fetch(link);
  expect(download.status).toBe(200);
  expect(Buffer.from(await download.arrayBuffer()).subarray(0, 4)).toEqual(Buffer.from('PK\x03\x04'));
  const [claims = '', signature] = (new URL(link).searchParams.get('token') ?? '').split('.');
  const later = Buffer.from(Buffer.from(claims, 'base64url').toString().replace(/\d+$/, '9999999999999'));
  const forged = link.replace(/token=.*/, `token=${later.toString('base64url')}.${signature}`);
  expect(forged).not.toBe(link);
  expect((await ask(forged)).status).toBe(403);
  await clock.advance(1_800_000);
  expect((await ask(link)).status).toBe(403);
  expect(simulator.calls().at(-2)).toMatchObject({ origin: 'links', endpoint: 'package', query: '' });
});

test.each([
  ['refused', 400],
  ['existing', 201],
] as const)(
  'a second package of a machine is %s while one is running; a live response is another thing',
  async (packageWhileRunning, status) => {
    const { post, simulator, clock } = await start({ switches: { packageWhileRunning } });
    const first = await post(path, { Comment: 'one' });
    const second = await post(path, { Comment: 'two' });
    expect(second.status).toBe(status);
    if (status === 201) expect(second.body['id']).toBe(first.body['id']);
    else expect(second.body).toMatchObject({ error: { code: 'ActiveRequestAlreadyExists' } });
    expect(simulator.actions()).toHaveLength(1);
    const command = { type: 'GetFile', params: [{ key: 'Path', value: 'C:\\x' }] };
    expect((await post(`machines/${windowsId}/runliveresponse`, { Comment: 'c', Commands: [command] })).status).toBe(
      201,
    );
    await clock.advance(70_000);
    expect((await post(path, { Comment: 'three' })).status).toBe(201);
  },
);

test.each([
  [path, {}, 400, 'MissingRequiredParameter'],
  [path, { comment: 'c' }, 400, 'MissingRequiredParameter'],
  [path, { Comment: 1 }, 400, 'InvalidRequestBody'],
  ['machines/none/collectInvestigationPackage', { Comment: 'c' }, 404, 'ResourceNotFound'],
])('POST %s of %j is refused', async (to, body, status, code) => {
  const { post } = await start();
  const answer = await post(to, body);
  expect([answer.status, answer.body]).toMatchObject([status, { error: { code } }]);
});

test('an offline machine ends it as TimeOut, a cancelled one brings nothing; a live response has no package', async () => {
  const offlineId = 'd'.repeat(40);
  const { clock, post, uri, simulator } = await start({
    machines: [offlineMachine(offlineId)],
    timings: { queueMs: 60_000, cancelMs: 1000 },
  });
  const collect = () => post(`machines/${offlineId}/collectInvestigationPackage`, { Comment: 'c' });
  const timedOut = (await collect()).body['id'];
  await clock.advance(60_000);
  const cancelled = (await collect()).body['id'];
  expect((await post(`machineactions/${cancelled}/cancel`, { Comment: 'c' })).status).toBe(200);
  await clock.advance(1000);
  expect(simulator.actions().map((action) => action.status)).toEqual(['TimeOut', 'Cancelled']);
  const command = { type: 'GetFile', params: [{ key: 'Path', value: 'C:\\x' }] };
  const run = await post(`machines/${offlineId}/runliveresponse`, { Comment: 'c', Commands: [command] });
  for (const id of [timedOut, cancelled, run.body['id']]) expect((await uri(id)).status).toBe(404);
});

test('by a switch the address is without quotes', async () => {
  const { clock, post, uri } = await start({ switches: { packageUri: 'plain' } });
  const { id } = (await post(path, { Comment: 'c' })).body;
  await clock.advance(70_000);
  expect(String((await uri(id)).body['value'])).toMatch(/^http:/);
});

test('a zip is byte for byte what other tools read', () => {
  const zip = makeZip([
    { name: 'System/hostname.txt', bytes: Buffer.from('pc\r\n') },
    { name: 'empty.txt', bytes: Buffer.alloc(0) },
  ]);
  // Checked once with Python's zipfile (testzip, names, content) and unzip -t.
  expect(createHash('sha256').update(zip).digest('hex')).toBe(
    '5730a038fb131da1a670856704f85e0a6c1c409da8f2975787e19ad993bf8510',
  );
});
