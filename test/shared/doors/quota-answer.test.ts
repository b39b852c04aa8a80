import { expect, it } from 'vitest';
import { findCallRoom, grantCalls, UNUSED_CALLS } from '../../../shared/domain/call-quota.ts';
import { decideStarts, findRoom, noteReach, UNUSED_STARTS } from '../../../shared/domain/start-quota.ts';
import { answerQuota } from '../../../shared/doors/quota-answer.ts';

const AT = '2026-11-20T08:00:00.000Z';
const limits = { startsPerMinute: 10, sessions: 20 };
const callLimits = { perMinute: 100, perHour: 1_500 };
const name = (attempt: number) => ({ collectionId: 'SECRET-COLLECTION', session: 0, attempt });

it('shows of each quota what is used, free and blocked, and of nobody what they called', () => {
  const wishes = [1, 2, 3].map((attempt) => ({ name: name(attempt), reach: 'unknown' as const }));
  const quota = noteReach(decideStarts(UNUSED_STARTS, wishes, limits, AT).quota, [{ name: name(2), reach: 'silent' }]);
  const { quota: calls } = grantCalls(UNUSED_CALLS, 40, callLimits, AT);
  const answer = answerQuota({
    at: AT,
    starts: { quota, room: findRoom(quota, limits, AT), limits },
    calls: [
      { name: 'alert', room: findCallRoom(calls, callLimits, AT), limits: callLimits, blockedUntil: null },
      {
        name: 'machine',
        room: findCallRoom(UNUSED_CALLS, callLimits, AT),
        limits: callLimits,
        blockedUntil: '2026-11-20T08:00:30.000Z',
      },
    ],
  });
  expect(answer).toEqual({
    at: AT,
    liveResponse: {
      startsInMinute: { limit: 10, used: 3, free: 7 },
      sessions: { limit: 20, used: 3, free: 17, silent: 1 },
      free: 7,
      blockedUntil: null,
      reason: null,
    },
    apis: [
      {
        name: 'alert',
        inMinute: { limit: 100, used: 40, free: 60 },
        inHour: { limit: 1_500, used: 40, free: 1_460 },
        free: 60,
        blockedUntil: null,
      },
      {
        name: 'machine',
        inMinute: { limit: 100, used: 0, free: 100 },
        inHour: { limit: 1_500, used: 0, free: 1_500 },
        free: 100,
        blockedUntil: '2026-11-20T08:00:30.000Z',
      },
    ],
  });
  expect(JSON.stringify(answer)).not.toContain('SECRET');
});

it('says why nothing is free, and no longer that it is blocked once that is over', () => {
  const blocked = { ...UNUSED_STARTS, blockedUntil: '2026-11-20T08:00:30.000Z' };
  const show = (at: string) =>
    answerQuota({ at, starts: { quota: blocked, room: findRoom(blocked, limits, at), limits }, calls: [] })
      .liveResponse;
  expect(show(AT)).toMatchObject({ free: 0, blockedUntil: blocked.blockedUntil, reason: expect.any(String) });
  expect(show('2026-11-20T08:00:31.000Z')).toMatchObject({ free: 10, blockedUntil: null, reason: null });
});
