import { expect, test } from 'vitest';
import type { Call } from '../../../../local/simulator/http/call-log.ts';
import { findImpatientCalls } from '../../../../local/simulator/http/impatient-calls.ts';
import { createManualClock } from '../../../../local/simulator/manual-clock.ts';
import { startUnderTest } from '../simulator-under-test.ts';

function call(second: number, given: Partial<Call> = {}): Call {
  const at = new Date(second * 1000).toISOString();
  return {
    at,
    answeredAt: at,
    origin: 'api',
    endpoint: 'alerts',
    method: 'GET',
    path: '/api/alerts',
    query: '',
    range: null,
    appId: 'app',
    machineId: null,
    status: 200,
    retryAfterSeconds: null,
    answer: 'sent',
    ...given,
  };
}

const refused = call(10, { status: 429, retryAfterSeconds: 5 });

test.each([
  ['within the wait', call(14.999), 1],
  ['when the wait is over', call(15), 0],
  ['before', call(9), 0],
  ['on its way meanwhile', call(10), 0],
  ['at another endpoint', call(12, { endpoint: 'alert' }), 0],
  ['by another app', call(12, { appId: 'other' }), 0],
])('a call %s', (_, other, count) => {
  expect(findImpatientCalls([refused, other])).toHaveLength(count);
  expect(findImpatientCalls([other, refused])).toHaveLength(count);
});

test('an answer that never came, or told no wait, makes no one impatient', () => {
  const lost = { ...refused, answeredAt: null };
  expect(findImpatientCalls([lost, call(12), { ...refused, retryAfterSeconds: null }])).toEqual([]);
});

test('the log of a simulator has what it takes', async () => {
  const clock = createManualClock('2026-03-01T12:00:00Z');
  const { get, simulator } = await startUnderTest({ limits: { callsPerMinute: 1 } }, clock);
  await get('alerts');
  await clock.advance(18_500);
  await get('alerts');
  expect(simulator.calls()[1]).toMatchObject({
    at: '2026-03-01T12:00:18.500Z',
    answeredAt: '2026-03-01T12:00:18.500Z',
    appId: '5f0c2d7e-8b1a-4c3d-9e6f-0a1b2c3d4e5f',
    status: 429,
    retryAfterSeconds: 42,
  });
  await clock.advance(41_000);
  await get('alerts');
  expect(findImpatientCalls(simulator.calls())).toMatchObject([{ at: '2026-03-01T12:00:59.500Z' }]);
  await clock.advance(1000);
  expect((await get('alerts')).status).toBe(200);
  expect(findImpatientCalls(simulator.calls())).toHaveLength(1);
});
