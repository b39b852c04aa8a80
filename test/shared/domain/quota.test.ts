import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideStart, giveBackLease, type StartQuota, UNUSED_QUOTA } from '../../../shared/domain/quota.ts';

const limits = { startsPerMinute: 10, sessions: 20 };
const at = (ms: number) => new Date(Date.parse('2026-11-20T08:00:00.000Z') + ms).toISOString();
const name = (number: number) => ({ collectionId: String(number).padStart(32, '0'), session: 0, attempt: 1 });

describe('decideStart', () => {
  it('I2: in any 60 s there are never more starts than the quota allows, however they come', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30_000), { minLength: 1, maxLength: 120 }), (gapsMs) => {
        let quota: StartQuota = UNUSED_QUOTA;
        let nowMs = 0;
        const starts: number[] = [];
        for (const [number, gapMs] of gapsMs.entries()) {
          nowMs += gapMs;
          const decided = decideStart(quota, name(number), limits, at(nowMs));
          if (decided.decision !== 'granted') continue;
          starts.push(nowMs);
          quota = giveBackLease(decided.quota, name(number));
        }
        for (const start of starts) {
          expect(starts.filter((other) => other >= start && other < start + 60_000).length).toBeLessThanOrEqual(10);
        }
      }),
    );
  });

  it('I2: never more sessions at a time than the limit', () => {
    let quota: StartQuota = UNUSED_QUOTA;
    for (let number = 0; number < 20; number += 1) {
      const decided = decideStart(quota, name(number), limits, at(number * 10_000));
      if (decided.decision === 'granted') quota = decided.quota;
    }
    expect(quota.leases).toHaveLength(20);
    expect(decideStart(quota, name(99), limits, at(600_000))).toMatchObject({
      decision: 'later',
      reason: expect.stringContaining('20 live response sessions'),
    });
    expect(decideStart(giveBackLease(quota, name(3)), name(99), limits, at(600_000)).decision).toBe('granted');
  });

  it('the same attempt asked twice has one lease', () => {
    const first = decideStart(UNUSED_QUOTA, name(1), limits, at(0));
    if (first.decision !== 'granted') throw new Error('not granted');
    expect(decideStart(first.quota, name(1), limits, at(1))).toEqual({ decision: 'held already' });
  });

  it('names the moment when the next place is free', () => {
    let quota: StartQuota = UNUSED_QUOTA;
    for (let number = 0; number < 10; number += 1) {
      const decided = decideStart(quota, name(number), limits, at(number * 1000));
      if (decided.decision === 'granted') quota = decided.quota;
    }
    expect(decideStart(quota, name(99), limits, at(20_000))).toMatchObject({
      decision: 'later',
      notBefore: at(65_000),
    });
    expect(decideStart(quota, name(99), limits, at(65_000)).decision).toBe('granted');
  });

  it('I11: grants nothing before the time that a 429 named', () => {
    const blocked: StartQuota = { ...UNUSED_QUOTA, blockedUntil: at(30_000) };
    expect(decideStart(blocked, name(1), limits, at(29_999))).toMatchObject({
      decision: 'later',
      notBefore: at(30_000),
    });
    expect(decideStart(blocked, name(1), limits, at(30_000)).decision).toBe('granted');
  });
});
