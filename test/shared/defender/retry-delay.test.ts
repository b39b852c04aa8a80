import { describe, expect, it } from 'vitest';
import { type Attempt, decideRetry } from '../../../shared/defender/retry-delay.ts';

const NOW = Date.parse('2026-01-20T20:00:00Z');

function decide(attempt: Partial<Attempt>) {
  return decideRetry({
    method: 'GET',
    status: 503,
    headers: {},
    body: '',
    attempt: 1,
    now: NOW,
    random: () => 0.5,
    ...attempt,
  });
}

const QUOTA_BODY =
  '{"error":{"code":"429","message":"API calls quota exceeded! Maximum allowed 30 per 00:01:00 for the key Destination+TenantID+AppID. You can send requests again in 8 seconds.","target":"TENANT_ID"}}';

describe('decideRetry', () => {
  it.each([408, 425, 429, 500, 502, 503, 504, 507, 520, 'network', 'unreadable', 'not sent'] as const)(
    'tries a GET that came to %s again',
    (status) => expect(decide({ status }).decision).toBe('retry'),
  );

  it.each([
    300, 301, 302, 307, 308, 400, 401, 403, 404, 405, 407, 409, 410, 411, 412, 413, 414, 415, 422, 431, 451, 501, 505,
  ])('gives a GET up that came to %s', (status) => expect(decide({ status })).toEqual({ decision: 'give up' }));

  it.each(['POST', 'DELETE'] as const)('never sends a %s again that may have been done', (method) => {
    for (const status of [408, 500, 501, 502, 503, 504, 505, 507, 302, 'network', 'unreadable'] as const) {
      expect(decide({ method, status, headers: { 'retry-after': '1' } }), `${status}`).toEqual({ decision: 'unknown' });
    }
  });

  it('gives a POST up that was refused', () => {
    for (const status of [400, 401, 403, 404, 407, 409, 413, 415, 422]) {
      expect(decide({ method: 'POST', status }), `${status}`).toEqual({ decision: 'give up' });
    }
  });

  it('tries a POST again that was turned away or never sent', () => {
    expect(decide({ method: 'POST', status: 429, body: QUOTA_BODY })).toEqual({ decision: 'retry', afterMs: 8_000 });
    expect(decide({ method: 'POST', status: 'not sent' })).toEqual({ decision: 'retry', afterMs: 500 });
  });

  it.each([
    ['seconds', '7', {}, 7_000],
    ['a fraction of seconds', '0.5', {}, 500],
    ['a day', '86400', {}, 86_400_000],
    ['spaces around it', ' 30 ', {}, 30_000],
    ['more than any collection lives', '99999999999999', {}, 7 * 86_400_000],
    ['an HTTP date', 'Tue, 20 Jan 2026 20:00:25 GMT', {}, 25_000],
    [
      "an HTTP date, by the answer's clock and not ours",
      'Tue, 20 Jan 2026 21:00:25 GMT',
      { date: 'Tue, 20 Jan 2026 21:00:00 GMT' },
      25_000,
    ],
    ['a date with a Date that is none', 'Tue, 20 Jan 2026 20:00:25 GMT', { date: 'yesterday' }, 25_000],
  ])('waits as Retry-After says: %s', (_, value, others, afterMs) => {
    const headers = { 'retry-after': value, ...others };
    expect(decide({ status: 503, headers })).toEqual({ decision: 'retry', afterMs });
    expect(decide({ status: 429, headers, body: QUOTA_BODY })).toEqual({ decision: 'retry', afterMs });
  });

  it.each([
    ['absent', {}],
    ['zero', { 'retry-after': '0' }],
    ['negative', { 'retry-after': '-5' }],
    ['empty', { 'retry-after': '' }],
    ['garbage', { 'retry-after': 'soon' }],
    ['infinite', { 'retry-after': 'Infinity' }],
    ['two values', { 'retry-after': '5, 6' }],
    ['a date that is past', { 'retry-after': 'Tue, 20 Jan 2026 19:59:00 GMT' }],
    ['a date that is now', { 'retry-after': 'Tue, 20 Jan 2026 20:00:00 GMT' }],
    ['another form of date', { 'retry-after': '2026-01-20T20:00:25Z' }],
    ['a date that does not exist', { 'retry-after': 'Tue, 20 Jan 2026 99:00:25 GMT' }],
  ])("waits as a 429's message says when Retry-After is %s", (_, headers) => {
    expect(decide({ status: 429, headers, body: QUOTA_BODY })).toEqual({ decision: 'retry', afterMs: 8_000 });
    // Without a message, half of the first second on top of what a quota takes at least.
    expect(decide({ status: 429, headers })).toEqual({ decision: 'retry', afterMs: 5_500 });
    expect(decide({ status: 503, headers })).toEqual({ decision: 'retry', afterMs: 500 });
  });

  it.each([
    ['You can send requests again in 1 second.', 1_000],
    ['You can send requests again in 90 seconds.', 90_000],
    ['You can send requests again in 2 minutes.', 120_000],
    ['you can send requests AGAIN IN 1.5 SECONDS', 1_500],
    ['You can send requests again in 0 seconds.', 5_500],
    ['You can send requests again in -3 seconds.', 5_500],
    ['You can send requests again in a while.', 5_500],
    ['Too many requests', 5_500],
    ['<html>again later</html>', 5_500],
    ['', 5_500],
  ])('reads the wait in a 429 that says "%s"', (body, afterMs) => {
    expect(decide({ status: 429, body })).toEqual({ decision: 'retry', afterMs });
  });

  it('takes no wait from the message of another status', () => {
    expect(decide({ status: 503, body: QUOTA_BODY })).toEqual({ decision: 'retry', afterMs: 500 });
  });

  it('backs off over the whole of a span that doubles up to a minute', () => {
    const spans = [1, 2, 3, 4, 5, 6, 7, 8, 5_000].map((attempt) =>
      [0, 0.5, 0.999_999].map((chance) => {
        const decision = decide({ attempt, random: () => chance });
        return decision.decision === 'retry' ? decision.afterMs : -1;
      }),
    );
    expect(spans).toEqual([
      [0, 500, 1_000],
      [0, 1_000, 2_000],
      [0, 2_000, 4_000],
      [0, 4_000, 8_000],
      [0, 8_000, 16_000],
      [0, 16_000, 32_000],
      [0, 30_000, 60_000],
      [0, 30_000, 60_000],
      [0, 30_000, 60_000],
    ]);
  });

  it('never asks again at once after a 429', () => {
    expect(decide({ status: 429, random: () => 0 })).toEqual({ decision: 'retry', afterMs: 5_000 });
  });
});
