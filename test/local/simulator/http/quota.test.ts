import { expect, test } from 'vitest';
import { documentedLimits, halveLimits } from '../../../../local/simulator/limits.ts';
import { makeMachine } from '../../../../local/simulator/make-entities.ts';
import { createManualClock } from '../../../../local/simulator/manual-clock.ts';
import { mintToken } from '../../../../local/simulator/token.ts';
import { ask, getFile, offlineMachine, startUnderTest } from '../simulator-under-test.ts';

const tenantId = 'a839b112-1253-6432-9bf6-94542403f21c';
const noon = '2026-03-01T12:00:00Z';
const body = { Comment: 'c', Commands: [getFile('C:\\x')] };
const idOf = (number: number): string => String(number).padStart(40, 'a');
const machines = (count: number) => Array.from({ length: count }, (_, number) => offlineMachine(idOf(number)));

test('the eleventh live response in a minute is refused in the real wording, with the seconds to wait', async () => {
  const clock = createManualClock(noon);
  const { send } = await startUnderTest({ machines: machines(12) }, clock);
  const statuses = [];
  for (let number = 0; number < 10; number += 1) {
    statuses.push((await send('POST', `machines/${idOf(number)}/runliveresponse`, body)).status);
    await clock.advance(1000);
  }
  expect(statuses).toEqual(Array(10).fill(201));

  const refused = await send('POST', `machines/${idOf(10)}/runliveresponse`, body);

  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('50');
  expect(refused.body).toEqual({
    error: {
      code: '429',
      message:
        'API calls quota exceeded! Maximum allowed 10 per 00:01:00 for the key Destination+TenantID+AppID. You can send requests again in 50 seconds.',
      target: tenantId,
    },
  });
  await clock.advance(50_000);
  expect((await send('POST', `machines/${idOf(10)}/runliveresponse`, body)).status).toBe(201);
  expect((await send('POST', `machines/${idOf(11)}/runliveresponse`, body)).status).toBe(429);
});

test('another endpoint has a minute of its own, and an hour', async () => {
  const clock = createManualClock(noon);
  const { get } = await startUnderTest({ limits: { callsPerMinute: 3, callsPerHour: 5 } }, clock);
  const next = async (path: string): Promise<number> => (await get(path)).status;

  expect([await next('alerts'), await next('alerts'), await next('alerts'), await next('alerts')]).toEqual([
    200, 200, 200, 429,
  ]);
  expect(await next('machines')).toBe(200);
  await clock.advance(60_000);
  expect([await next('alerts'), await next('alerts')]).toEqual([200, 200]);
  const refused = await get('alerts');
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('3540');
  expect(refused.text).toContain('Maximum allowed 5 per 01:00:00');
  await clock.advance(3_540_000);
  expect(await next('alerts')).toBe(200);
});

test.each([
  ['seconds', '60', 60],
  ['date', 'Sun, 01 Mar 2026 12:01:01 GMT', 60.5],
  ['absent', null, null],
  [{ text: '0' }, '0', 0],
  [{ text: '-1' }, '-1', -1],
  [{ text: 'soon' }, 'soon', null],
] as const)('Retry-After as %j is %s', async (retryAfter, header, logged) => {
  const clock = createManualClock('2026-03-01T12:00:00.500Z');
  const { get, simulator } = await startUnderTest({ limits: { callsPerMinute: 1 }, switches: { retryAfter } }, clock);
  await get('alerts');

  const refused = await get('alerts');

  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, header]);
  expect(refused.text).toContain('You can send requests again in 60 seconds.');
  expect(simulator.calls()[1]?.retryAfterSeconds).toBe(logged);
});

test('by a switch the message names no wait', async () => {
  const switches = { quotaMessage: 'without it', retryAfter: 'absent' } as const;
  const { get } = await startUnderTest({ limits: { callsPerMinute: 1 }, switches });
  await get('alerts');
  const refused = await get('alerts');
  expect([refused.status, refused.headers.has('retry-after')]).toEqual([429, false]);
  expect(refused.body).toMatchObject({ error: { code: '429', message: expect.not.stringContaining('again') } });
});

test('by a switch all other APIs share a quota, but runliveresponse has its own', async () => {
  const switches = { quotaKey: 'all APIs' } as const;
  const { get, send } = await startUnderTest({
    machines: machines(1),
    limits: { callsPerMinute: 2, runsPerMinute: 1 },
    switches,
  });
  expect([(await get('alerts')).status, (await get('machines')).status, (await get('libraryfiles')).status]).toEqual([
    200, 200, 429,
  ]);
  expect((await send('POST', `machines/${idOf(0)}/runliveresponse`, body)).status).toBe(201);
});

test('by a switch refused calls take places too: who does not wait, waits longer, and what is told is true', async () => {
  const clock = createManualClock(noon);
  const switches = { refusedCalls: 'counted' } as const;
  const { get } = await startUnderTest({ limits: { callsPerMinute: 2 }, switches }, clock);
  await get('alerts');
  await clock.advance(1000);
  await get('alerts');
  await clock.advance(1000);
  const first = await get('alerts');
  expect([first.status, first.headers.get('retry-after')]).toEqual([429, '59']);
  await clock.advance(58_999);
  const second = await get('alerts');
  expect([second.status, second.headers.get('retry-after')]).toEqual([429, '2']);
  await clock.advance(2000);
  expect((await get('alerts')).status).toBe(200);
});

test('apps do not share a quota', async () => {
  const { get, simulator } = await startUnderTest({ limits: { callsPerMinute: 1 } });
  await get('alerts');
  const token = mintToken({
    tenantId,
    appId: 'another',
    appName: 'Another',
    roles: ['Alert.Read.All'],
    nowMs: Date.now(),
    lifetimeMs: 60_000,
  });
  const other = await ask(`${simulator.apiUrl}/api/alerts`, { headers: { authorization: `Bearer ${token}` } });
  expect([other.status, (await get('alerts')).status]).toEqual([200, 429]);
});

test('the address of a package may be asked for twice a minute and 120 times an hour', async () => {
  const clock = createManualClock(noon);
  const { get } = await startUnderTest({}, clock);
  const next = async () => (await get('machineactions/none/getPackageUri')).status;
  expect([await next(), await next(), await next()]).toEqual([404, 404, 429]);
  for (let minute = 1; minute < 60; minute += 1) {
    await clock.advance(60_000);
    expect([await next(), await next()]).toEqual([404, 404]);
  }
  const limits = { packageUrisPerMinute: 1000 };
  const other = await startUnderTest({ limits });
  const statuses = [];
  for (let count = 0; count < 121; count += 1) {
    statuses.push((await other.get('machineactions/none/getPackageUri')).status);
  }
  expect(statuses.filter((status) => status === 429)).toHaveLength(1);
});

test('limits can be halved, down to one', () => {
  expect(halveLimits({ ...documentedLimits, packageUrisPerMinute: 1 })).toMatchObject({
    runsPerMinute: 5,
    callsPerMinute: 50,
    callsPerHour: 750,
    packageUrisPerMinute: 1,
    packageUrisPerHour: 60,
    sessions: 25,
    pageSize: 10_000,
  });
});

test('by a switch the refusal for sessions reads like any other quota', async () => {
  const switches = { sessionsRefusal: 'as a quota', retryAfter: 'date' } as const;
  const clock = createManualClock(noon);
  const { send } = await startUnderTest({ machines: machines(2), limits: { sessions: 1 }, switches }, clock);
  await send('POST', `machines/${idOf(0)}/runliveresponse`, body);
  const refused = await send('POST', `machines/${idOf(1)}/runliveresponse`, body);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, 'Sun, 01 Mar 2026 12:00:30 GMT']);
  expect(refused.body).toMatchObject({ error: { code: '429', target: tenantId } });
});

test('sessions in flight are counted, pending ones too', async () => {
  const { send, simulator } = await startUnderTest({ machines: machines(3), limits: { sessions: 2 } });
  await send('POST', `machines/${idOf(0)}/runliveresponse`, body);
  await send('POST', `machines/${idOf(1)}/runliveresponse`, body);

  const refused = await send('POST', `machines/${idOf(2)}/runliveresponse`, body);

  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe(null);
  expect(refused.body).toMatchObject({
    error: { code: 'TooManyRequests', message: expect.not.stringMatching(/\d seconds/) },
  });
  expect(simulator.actions()).toHaveLength(2);
});

test('machines and alerts may be added while it runs', async () => {
  const { simulator, get } = await startUnderTest({ machines: [] });
  expect((await get('machines')).status).toBe(404);

  const entity = makeMachine({ id: idOf(1), osPlatform: 'Linux', computerDnsName: 'new.contoso.com' });
  simulator.addMachine({ kind: 'offline', entity });

  expect((await get('machines/NEW.contoso.com')).body).toMatchObject({ id: idOf(1) });
});
