import { expect, test } from 'vitest';
import type { Fault } from '../../../../local/simulator/http/fault.ts';
import { getFile, startUnderTest, windowsId } from '../simulator-under-test.ts';

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
