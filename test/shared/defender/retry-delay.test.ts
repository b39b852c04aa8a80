import { describe, expect, it } from 'vitest';
import {
  type Attempt,
  type CallResult,
  decideRetry,
  type RetryDecision,
} from '../../../shared/defender/retry-delay.ts';

const NOW = Date.parse('2026-01-20T20:00:00Z');

function decide(attempt: Partial<Attempt>): RetryDecision {
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

/** What a GET comes to, and what a call that changes something: whether it is sent again, is refused, or may have been done. */
const TABLE: readonly (readonly [
  CallResult,
  string,
  get: RetryDecision['decision'],
  change: RetryDecision['decision'],
])[] = [
  [300, 'multiple choices', 'give up', 'unknown'],
  [301, 'moved', 'give up', 'unknown'],
  [302, 'found elsewhere', 'give up', 'unknown'],
  [303, 'see other', 'give up', 'unknown'],
  [304, 'not modified', 'give up', 'unknown'],
  [307, 'redirected', 'give up', 'unknown'],
  [308, 'redirected for good', 'give up', 'unknown'],
  [400, 'a wrong request, a busy machine, an unsupported platform', 'give up', 'give up'],
  [401, 'a rejected token, after it was renewed', 'give up', 'give up'],
  [402, 'payment', 'give up', 'give up'],
  [403, 'a missing permission, a disabled feature', 'give up', 'give up'],
  [404, 'nothing of that id, also a fresh action', 'give up', 'give up'],
  [405, 'a wrong method', 'give up', 'give up'],
  [406, 'not acceptable', 'give up', 'give up'],
  [407, 'a proxy that wants credentials', 'give up', 'give up'],
  [408, 'a request that came too slowly', 'retry', 'unknown'],
  [409, 'a conflict', 'give up', 'give up'],
  [410, 'gone', 'give up', 'give up'],
  [411, 'no length', 'give up', 'give up'],
  [412, 'a failed precondition', 'give up', 'give up'],
  [413, 'too large', 'give up', 'give up'],
  [414, 'too long an address', 'give up', 'give up'],
  [415, 'a wrong content type', 'give up', 'give up'],
  [416, 'a wrong range', 'give up', 'give up'],
  [422, 'an unprocessable body', 'give up', 'give up'],
  [423, 'locked', 'give up', 'give up'],
  [425, 'too early', 'retry', 'retry'],
  [426, 'an upgrade', 'give up', 'give up'],
  [428, 'a missing precondition', 'give up', 'give up'],
  [429, 'a quota', 'retry', 'retry'],
  [431, 'too large headers', 'give up', 'give up'],
  [451, 'legal reasons', 'give up', 'give up'],
  [499, 'a client that left, as proxies say', 'retry', 'unknown'],
  [500, 'a fault at Defender', 'retry', 'unknown'],
  [501, 'not implemented', 'give up', 'unknown'],
  [502, 'a bad gateway', 'retry', 'unknown'],
  [503, 'unavailable', 'retry', 'unknown'],
  [504, 'a gateway that waited in vain', 'retry', 'unknown'],
  [505, 'another version of HTTP', 'give up', 'unknown'],
  [507, 'no room', 'retry', 'unknown'],
  [520, 'an unknown error of a proxy', 'retry', 'unknown'],
  ['network', 'an answer that was lost', 'retry', 'unknown'],
  ['unreadable', 'an answer that cannot be read', 'retry', 'unknown'],
  ['not sent', 'a request that never left', 'retry', 'retry'],
];

describe('decideRetry, by what a call came to', () => {
  it.each(TABLE)('%s (%s): a GET %s, any other %s', (status, _, get, change) => {
    expect(decide({ method: 'GET', status }).decision).toBe(get);
    for (const method of ['POST', 'PATCH', 'DELETE'] as const)
      expect(decide({ method, status }).decision, method).toBe(change);
  });

  it.each(TABLE)('%s (%s): no header and no body make it another decision', (status, _, get, change) => {
    const told = {
      headers: { 'retry-after': '1', date: 'Tue, 20 Jan 2026 20:00:00 GMT' },
      body: QUOTA_BODY,
      attempt: 3,
    };
    expect(decide({ method: 'GET', status, ...told }).decision).toBe(get);
    for (const method of ['POST', 'PATCH', 'DELETE'] as const)
      expect(decide({ method, status, ...told }).decision, method).toBe(change);
  });

  it('never sends again what may have been done, on whatever try', () => {
    for (const [status] of TABLE) {
      for (const method of ['POST', 'PATCH', 'DELETE'] as const) {
        for (const attempt of [1, 2, 3, 100]) {
          const { decision } = decide({ method, status, attempt });
          if (decision === 'retry') expect([425, 429, 'not sent']).toContain(status);
        }
      }
    }
  });
});

/** Forms of Retry-After that name a wait. */
const NAMED: readonly (readonly [string, Record<string, string>, number])[] = [
  ['seconds', { 'retry-after': '7' }, 7_000],
  ['a fraction of seconds', { 'retry-after': '0.5' }, 500],
  ['a fraction of a millisecond', { 'retry-after': '0.0001' }, 1],
  ['a day', { 'retry-after': '86400' }, 86_400_000],
  ['spaces around it', { 'retry-after': ' 30 ' }, 30_000],
  ['more than any collection lives', { 'retry-after': '99999999999999' }, 7 * 86_400_000],
  ['an HTTP date', { 'retry-after': 'Tue, 20 Jan 2026 20:00:25 GMT' }, 25_000],
  ['an HTTP date a day away', { 'retry-after': 'Wed, 21 Jan 2026 20:00:00 GMT' }, 86_400_000],
  [
    "an HTTP date, by the answer's clock and not ours",
    { 'retry-after': 'Tue, 20 Jan 2026 21:00:25 GMT', date: 'Tue, 20 Jan 2026 21:00:00 GMT' },
    25_000,
  ],
  ['a date with a Date that is none', { 'retry-after': 'Tue, 20 Jan 2026 20:00:25 GMT', date: 'yesterday' }, 25_000],
];

/** Forms of Retry-After that name none. */
const NAMELESS: readonly (readonly [string, Record<string, string>])[] = [
  ['absent', {}],
  ['zero', { 'retry-after': '0' }],
  ['zero as a fraction', { 'retry-after': '0.0' }],
  ['negative', { 'retry-after': '-5' }],
  ['empty', { 'retry-after': '' }],
  ['garbage', { 'retry-after': 'soon' }],
  ['infinite', { 'retry-after': 'Infinity' }],
  ['in hexadecimal', { 'retry-after': '0x10' }],
  ['two values', { 'retry-after': '5, 6' }],
  ['a time span', { 'retry-after': '00:00:08' }],
  ['a date that is past', { 'retry-after': 'Tue, 20 Jan 2026 19:59:00 GMT' }],
  ['a date that is now', { 'retry-after': 'Tue, 20 Jan 2026 20:00:00 GMT' }],
  ['another form of date', { 'retry-after': '2026-01-20T20:00:25Z' }],
  ['a date that does not exist', { 'retry-after': 'Tue, 20 Jan 2026 99:00:25 GMT' }],
];

describe('decideRetry, by Retry-After', () => {
  it.each(NAMED)('waits as it says: %s', (_, headers, afterMs) => {
    for (const status of [429, 425, 408, 500, 503, 'not sent'] as const)
      expect(decide({ status, headers, body: QUOTA_BODY }), `${status}`).toEqual({ decision: 'retry', afterMs });
    for (const method of ['POST', 'PATCH', 'DELETE'] as const)
      expect(decide({ method, status: 429, headers, body: QUOTA_BODY })).toEqual({ decision: 'retry', afterMs });
  });

  it.each(NAMELESS)("goes by a 429's message, then by a backoff, when it is %s", (_, headers) => {
    expect(decide({ status: 429, headers, body: QUOTA_BODY })).toEqual({ decision: 'retry', afterMs: 8_000 });
    // Without a message, half of the first second on top of what a quota takes at least.
    expect(decide({ status: 429, headers })).toEqual({ decision: 'retry', afterMs: 5_500 });
    expect(decide({ status: 503, headers })).toEqual({ decision: 'retry', afterMs: 500 });
  });
});

describe("decideRetry, by a 429's message", () => {
  it.each([
    [QUOTA_BODY, 8_000],
    ['You can send requests again in 1 second.', 1_000],
    ['You can send requests again in 90 seconds.', 90_000],
    ['You can send requests again in 2 minutes.', 120_000],
    ['You can send requests again in 1 hour.', 3_600_000],
    ['you can send requests AGAIN IN 1.5 SECONDS', 1_500],
    ['You can send requests again in 999999999 hours.', 7 * 86_400_000],
    ['You can send requests again in 0 seconds.', 5_500],
    ['You can send requests again in -3 seconds.', 5_500],
    ['You can send requests again in a while.', 5_500],
    ['Maximum allowed 30 per 00:01:00.', 5_500],
    ['Too many requests', 5_500],
    ['<html>again later</html>', 5_500],
    [`${' '.repeat(4_000)}again in 8 seconds`, 5_500],
    ['', 5_500],
  ])('reads the wait in "%s"', (body, afterMs) => {
    expect(decide({ status: 429, body })).toEqual({ decision: 'retry', afterMs });
  });

  it('takes no wait from the message of another status', () => {
    for (const status of [500, 503, 'unreadable', 'not sent'] as const)
      expect(decide({ status, body: QUOTA_BODY })).toEqual({ decision: 'retry', afterMs: 500 });
  });
});

describe('decideRetry, by a backoff', () => {
  it('waits anywhere in a span that doubles up to a minute', () => {
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
