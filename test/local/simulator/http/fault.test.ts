import { expect, test } from 'vitest';
import type { Fault } from '../../../../local/simulator/http/fault.ts';
import { createManualClock } from '../../../../local/simulator/manual-clock.ts';
import { ask, getFile, offlineMachine, startUnderTest, windowsId } from '../simulator-under-test.ts';

const body = { Comment: 'c', Commands: [getFile('C:\\x')] };

test('a lost answer comes after the act: the action exists, the caller has nothing', async () => {
  const { simulator, send } = await startUnderTest({
    faults: [{ on: 'runliveresponse', do: 'answer lost', times: 1 }],
  });

  await expect(send('POST', `machines/${windowsId}/runliveresponse`, body)).rejects.toThrow('fetch failed');

  expect(simulator.actions()).toMatchObject([{ machineId: windowsId, requestorComment: 'c' }]);
  expect(simulator.calls()).toMatchObject([{ endpoint: 'runliveresponse', status: 201, answer: 'lost' }]);
});

test('a lost answer waits for a success', async () => {
  const { send } = await startUnderTest({ faults: [{ on: 'runliveresponse', do: 'answer lost', times: 1 }] });

  expect((await send('POST', `machines/${windowsId}/runliveresponse`, {})).status).toBe(400);

  await expect(send('POST', `machines/${windowsId}/runliveresponse`, body)).rejects.toThrow('fetch failed');
});

test('a status comes in the place of the act, as often as said, and at no other endpoint', async () => {
  const error = { error: { code: 'InternalServerError', message: 'down', target: 't' } };
  const headers = { 'retry-after': '7' };
  const { simulator, send, get } = await startUnderTest({
    faults: [{ on: 'runliveresponse', do: 'status', status: 503, body: error, headers, times: 2 }],
  });
  const post = () => send('POST', `machines/${windowsId}/runliveresponse`, body);

  const first = await post();

  expect([first.status, first.body, first.headers.get('retry-after')]).toEqual([503, error, '7']);
  expect((await get('machines')).status).toBe(200);
  expect((await post()).status).toBe(503);
  expect(simulator.actions()).toEqual([]);
  expect((await post()).status).toBe(201);
});

test('an answer may be HTML, or JSON that ends in the middle', async () => {
  const faults: Fault[] = [{ on: 'alerts', do: 'html', status: 502, times: 1 }];
  const { get } = await startUnderTest({ faults });

  const html = await get('alerts');
  expect([html.status, html.headers.get('content-type')]).toEqual([502, 'text/html; charset=utf-8']);
  expect(html.text).toMatch(/^<!DOCTYPE html>/);

  const whole = await get('alerts');
  faults.push({ on: 'alerts', do: 'truncated JSON', times: 1 });
  const cut = await get('alerts');
  expect(cut.status).toBe(200);
  expect(whole.text.startsWith(cut.text)).toBe(true);
  expect(cut.text.length).toBe(Math.floor(whole.text.length / 2));
});

test.each([
  [{ do: 'status after the act', status: 504 }, 504, 'application/json'],
  [{ do: 'html after the act', status: 502 }, 502, 'text/html'],
  [{ do: 'empty' }, 200, 'application/json'],
] as const)('the action exists although the answer is spoiled by %j', async (kind, status, type) => {
  const { simulator, send } = await startUnderTest({ faults: [{ on: 'runliveresponse', times: 1, ...kind }] });

  const answer = await send('POST', `machines/${windowsId}/runliveresponse`, body);

  expect([answer.status, answer.headers.get('content-type')]).toEqual([status, expect.stringContaining(type)]);
  expect(answer.body).not.toHaveProperty('id');
  expect(simulator.actions()).toHaveLength(1);
  expect(simulator.calls()).toMatchObject([{ status, answer: 'sent' }]);
});

test('an answer may end in the middle of what was announced', async () => {
  const { simulator, get } = await startUnderTest({ faults: [{ on: 'alerts', do: 'answer cut', times: 1 }] });
  await expect(get('alerts')).rejects.toThrow('terminated');
  expect(simulator.calls()).toMatchObject([{ status: 200, answer: 'lost' }]);
});

test('a connection that is reset has done nothing', async () => {
  const { simulator, send } = await startUnderTest({ faults: [{ on: 'runliveresponse', do: 'reset', times: 1 }] });
  await expect(send('POST', `machines/${windowsId}/runliveresponse`, body)).rejects.toThrow('fetch failed');
  expect(simulator.actions()).toEqual([]);
  expect(simulator.calls()).toMatchObject([{ status: null, answer: 'lost' }]);
});

test('an answer may come late, after the act; and an act may come late, when its caller has long gone', async () => {
  const clock = createManualClock('2026-03-01T12:00:00Z');
  const faults: Fault[] = [{ on: 'runliveresponse', do: 'answer late', ms: 90_000, times: 1 }];
  const { simulator, send } = await startUnderTest({ faults }, clock);
  const late = send('POST', `machines/${windowsId}/runliveresponse`, body);
  await expect.poll(() => simulator.actions(), { interval: 5 }).toHaveLength(1);
  expect(simulator.calls()).toMatchObject([{ status: null, answer: 'pending' }]);
  await clock.advance(90_000);
  expect((await late).status).toBe(201);
  expect(simulator.calls()).toMatchObject([
    { at: '2026-03-01T12:00:00.000Z', answeredAt: '2026-03-01T12:01:30.000Z', answer: 'sent' },
  ]);

  faults.push({ on: 'runliveresponse', do: 'act late', ms: 5000, times: 1 });
  await clock.advance(60_000);
  const given = new AbortController();
  const gone = fetch(`${simulator.apiUrl}/api/machines/${windowsId}/runliveresponse`, {
    method: 'POST',
    headers: { authorization: `Bearer ${simulator.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, Comment: 'late' }),
    signal: given.signal,
  });
  await expect.poll(() => simulator.calls().length, { interval: 5 }).toBe(2);
  await clock.advance(0);
  given.abort();
  await expect(gone).rejects.toThrow('aborted');
  expect(simulator.actions()).toHaveLength(1);
  const passed = async () => {
    await clock.advance(5000);
    return simulator.actions();
  };
  await expect.poll(passed, { interval: 5 }).toHaveLength(2);
});

test('an answer may never come', async () => {
  const { simulator, send } = await startUnderTest({ faults: [{ on: 'cancel', do: 'answer never', times: 1 }] });
  const action = await send('POST', `machines/${windowsId}/runliveresponse`, body);
  const waiting = send('POST', `machineactions/${action.body['id']}/cancel`, { Comment: 'c' });
  await expect.poll(() => simulator.calls()[1]?.status, { interval: 5 }).toBe(200);
  expect(simulator.actions()).toMatchObject([{ cancellationComment: 'c' }]);
  const ended = expect(waiting).rejects.toThrow('fetch failed');
  await simulator.close();
  await ended;
});

test('a fault may be for one machine, one comment, and let some calls pass', async () => {
  const faults: Fault[] = [
    { on: 'runliveresponse', do: 'status', status: 500, times: 1, where: { machineId: windowsId } },
    { on: 'runliveresponse', do: 'status', status: 502, times: 1, where: { comment: '/0/2' } },
    { on: 'machineaction', do: 'status', status: 503, times: 1, skip: 1, where: { comment: 'first' } },
  ];
  const machines = ['a', 'b'].map((digit) => offlineMachine(digit.repeat(40)));
  const { send, get, simulator } = await startUnderTest({ faults, machines });
  const run = async (digit: string, comment: string) => {
    const answer = await send('POST', `machines/${digit.repeat(40)}/runliveresponse`, { ...body, Comment: comment });
    return [answer.status, String(answer.body['id'])] as const;
  };

  const [status, id] = await run('a', 'first');
  expect(status).toBe(201);
  expect((await run('b', 'x/0/2'))[0]).toBe(502);
  expect((await run('b', 'x/0/2'))[0]).toBe(201);
  expect((await send('POST', `machines/${windowsId}/runliveresponse`, body)).status).toBe(404);
  const looks = [];
  for (let look = 0; look < 4; look += 1) looks.push((await get(`machineactions/${id}`)).status);
  expect(looks).toEqual([200, 503, 200, 200]);
  expect(simulator.calls()[0]).toMatchObject({ machineId: 'a'.repeat(40) });
  expect(simulator.calls().at(-1)).toMatchObject({ machineId: 'a'.repeat(40) });
});

test('a fault that comes before the act counts as a call; a caller without the right is refused only after it', async () => {
  const faults: Fault[] = [{ on: 'alerts', do: 'status', status: 503, times: 1 }];
  const { simulator, get } = await startUnderTest({ faults, limits: { callsPerMinute: 1 } });
  const headers = { authorization: 'Bearer nonsense' };
  expect((await ask(`${simulator.apiUrl}/api/alerts`, { headers })).status).toBe(401);
  expect((await get('alerts')).status).toBe(503);
  expect((await get('alerts')).status).toBe(429);
});
