import { describe, expect, it } from 'vitest';
import { costPlan, estimateWait } from '../../../shared/domain/cost-plan.ts';
import { findRoom, UNUSED_STARTS } from '../../../shared/domain/start-quota.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import { encodeRequest } from '../../../shared/domain/script-request.ts';

const request = (limitBytes: number, limitSeconds: number) =>
  encodeRequest({ collectionId: 'a'.repeat(32), session: 0, archive: '/x', limitBytes, limitSeconds, files: [] })
    .argument;
const plan: Plan = {
  profileId: 'p',
  profileTitle: 'P',
  profileSha256: 'a'.repeat(64),
  scripts: [],
  sessions: [
    {
      commands: [
        { type: 'PutFile', fileName: 'tool' },
        { type: 'RunScript', scriptName: 'a.sh', args: request(1_000, 100) },
        { type: 'RunScript', scriptName: 'foreign.sh', args: '-x' },
        { type: 'GetFile', path: '/x', madeBy: 1 },
        { type: 'GetFile', path: '/y', madeBy: 2 },
        { type: 'GetFile', path: '/z', madeBy: null },
      ],
    },
    {
      delayMs: 60_000,
      commands: [
        { type: 'RunScript', scriptName: 'b.sh', args: request(5_000, 50) },
        { type: 'GetFile', path: '/x', madeBy: 0 },
      ],
    },
  ],
  filesNotRequested: 0,
};

describe('costPlan', () => {
  it('counts sessions, results, time and bytes', () => {
    expect(costPlan(plan)).toEqual({
      liveResponses: 2,
      commands: 8,
      calls: { alert: 1, machine: 1, 'alert files': 1, 'library files': 2, 'result links': 7 },
      archiveBytesAtMost: 6_000,
      plainFiles: 2,
      scriptSecondsAtMost: 750,
      delaySeconds: 60,
    });
  });
});

describe('estimateWait', () => {
  const now = '2026-11-20T08:00:00.000Z';
  const limits = { startsPerMinute: 10, sessions: 20 };
  const waiting = (count: number, rank = 3) =>
    Array.from({ length: count }, () => ({ rank, status: 'planned' as const, notBefore: now }));
  const ask = { severity: 'Medium' as const, now };

  it('is nothing while there is a place', () => {
    expect(estimateWait(findRoom(UNUSED_STARTS, limits, now), limits, waiting(9), ask)).toMatchObject({
      seconds: 0,
      ahead: 9,
    });
  });

  it('counts those that go before it, and no others', () => {
    const later = { rank: 4, status: 'planned' as const, notBefore: '2026-11-20T09:00:00.000Z' };
    const running = { rank: 4, status: 'running' as const, notBefore: now };
    const open = [...waiting(35), ...waiting(50, 2), later, running];
    const wait = estimateWait(findRoom(UNUSED_STARTS, limits, now), limits, open, ask);
    expect(wait).toMatchObject({
      ahead: 35,
      seconds: 130,
      reason: expect.stringContaining('35 collections go before it'),
    });
  });

  it('says what the governor says while nothing is granted', () => {
    const blocked = { ...UNUSED_STARTS, blockedUntil: '2026-11-20T08:00:30.000Z' };
    expect(estimateWait(findRoom(blocked, limits, now), limits, [], ask)).toEqual({
      seconds: 30,
      ahead: 0,
      reason: expect.stringContaining('Defender asked for fewer calls'),
    });
  });
});
