import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideStart, giveBackLease, noteAnswer, type StartQuota, UNUSED_QUOTA } from '../../../shared/domain/quota.ts';

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
          quota = giveBackLease(noteAnswer(decided.quota, name(number), at(nowMs)), name(number));
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
      if (decided.decision === 'granted') quota = noteAnswer(decided.quota, name(number), at(number * 10_000));
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
      if (decided.decision === 'granted') quota = noteAnswer(decided.quota, name(number), at(number * 1000));
    }
    expect(decideStart(quota, name(99), limits, at(20_000))).toMatchObject({
      decision: 'later',
      notBefore: at(65_000),
    });
    expect(decideStart(quota, name(99), limits, at(65_000)).decision).toBe('granted');
  });

  it('I2: a start that was not answered may still be on its way, and holds its place for longer', () => {
    const one = { startsPerMinute: 1, sessions: 20 };
    const sent = decideStart(UNUSED_QUOTA, name(1), one, at(0));
    if (sent.decision !== 'granted') throw new Error('not granted');
    expect(decideStart(sent.quota, name(2), one, at(114_999)).decision).toBe('later');
    expect(decideStart(sent.quota, name(2), one, at(115_000)).decision).toBe('granted');
    const answered = noteAnswer(sent.quota, name(1), at(40_000));
    expect(decideStart(answered, name(2), one, at(104_999)).decision).toBe('later');
    expect(decideStart(answered, name(2), one, at(105_000)).decision).toBe('granted');
  });

  it('I11: an attempt that holds a lease waits as well while Defender wants no calls', () => {
    const sent = decideStart(UNUSED_QUOTA, name(1), limits, at(0));
    if (sent.decision !== 'granted') throw new Error('not granted');
    expect(decideStart({ ...sent.quota, blockedUntil: at(9_000) }, name(1), limits, at(1)).decision).toBe('later');
  });

  it('I2: an attempt that kept its lease but lost its place needs a new place, not a second lease', () => {
    const sent = decideStart(UNUSED_QUOTA, name(1), limits, at(0));
    if (sent.decision !== 'granted') throw new Error('not granted');
    const again = decideStart(sent.quota, name(1), limits, at(200_000));
    expect(again).toMatchObject({ decision: 'granted', quota: { leases: [{ since: at(200_000) }] } });
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
