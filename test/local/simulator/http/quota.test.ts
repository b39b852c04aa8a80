import { expect, test } from 'vitest';
import { makeMachine } from '../../../../local/simulator/make-entities.ts';
import { createManualClock } from '../../../../local/simulator/manual-clock.ts';
import { getFile, offlineMachine, startUnderTest } from '../simulator-under-test.ts';

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
