import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blockCalls,
  type CallQuota,
  findCallRoom,
  grantCalls,
  UNUSED_CALLS,
} from '../../../shared/domain/call-quota.ts';

const limits = { perMinute: 100, perHour: 1_500 };
const at = (seconds: number) => new Date(Date.parse('2026-11-20T08:00:00.000Z') + seconds * 1000).toISOString();

describe('grantCalls', () => {
  it('I2: never more than 100 in any 60 s nor 1,500 in any hour, however they are asked for', () => {
    const steps = fc.array(fc.tuple(fc.nat(240), fc.integer({ min: 1, max: 140 })), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(steps, (asked) => {
        let quota: CallQuota = UNUSED_CALLS;
        let now = 0;
        const calls: { at: number; calls: number }[] = [];
        for (const [gap, wished] of asked) {
          now += gap;
          const granted = grantCalls(quota, wished, limits, at(now));
          quota = granted.quota;
          calls.push({ at: now, calls: granted.granted });
        }
        const within = (from: number, seconds: number) =>
          calls
            .filter((call) => call.at >= from && call.at < from + seconds)
            .reduce((sum, call) => sum + call.calls, 0);
        for (const call of calls) {
          expect(within(call.at, 60)).toBeLessThanOrEqual(100);
          expect(within(call.at, 3600)).toBeLessThanOrEqual(1_500);
        }
      }),
    );
  });

  it('grants as many of the wished calls as there is room for', () => {
    expect(grantCalls(UNUSED_CALLS, 140, limits, at(0)).granted).toBe(100);
  });

  it('says after how long the next call fits, and it does fit then', () => {
    const full = grantCalls(UNUSED_CALLS, 100, limits, at(0)).quota;
    const refused = grantCalls(full, 1, limits, at(10));
    expect(refused).toMatchObject({ granted: 0, afterMs: 60_000 });
    expect(grantCalls(full, 1, limits, at(10 + refused.afterMs / 1000)).granted).toBe(1);
  });

  it('gives room again bit by bit, as the calls were made', () => {
    const first = grantCalls(UNUSED_CALLS, 40, limits, at(0)).quota;
    const second = grantCalls(first, 60, limits, at(30)).quota;
    expect(findCallRoom(second, limits, at(60)).free).toBe(0);
    expect(findCallRoom(second, limits, at(75))).toMatchObject({ free: 40, usedInMinute: 60, usedInHour: 100 });
    expect(findCallRoom(second, limits, at(105))).toMatchObject({ free: 100, usedInMinute: 0, usedInHour: 100 });
  });

  it('when the hour is used up, waits for the oldest calls of the hour', () => {
    let quota = UNUSED_CALLS;
    for (let minute = 0; minute < 15; minute += 1) quota = grantCalls(quota, 100, limits, at(minute * 120)).quota;
    const refused = grantCalls(quota, 1, limits, at(2_000));
    expect(refused.granted).toBe(0);
    expect(refused.afterMs).toBeGreaterThan(1_600_000);
    expect(grantCalls(quota, 1, limits, at(2_000 + refused.afterMs / 1000)).granted).toBe(1);
  });

  it('I11: grants nothing before the time that a 429 named', () => {
    const blocked = blockCalls(UNUSED_CALLS, 300_000, at(0));
    expect(grantCalls(blocked, 1, limits, at(299))).toMatchObject({ granted: 0, afterMs: 1_000 });
    expect(grantCalls(blocked, 1, limits, at(300)).granted).toBe(1);
    expect(blockCalls(blocked, 1_000, at(1))).toBe(blocked);
  });

  it('stays small: an hour of steady calls is some dozens of spans', () => {
    let quota = UNUSED_CALLS;
    for (let second = 0; second < 7_200; second += 3) quota = grantCalls(quota, 1, limits, at(second)).quota;
    expect(quota.granted.length).toBeLessThan(110);
    expect(JSON.stringify(quota).length).toBeLessThan(8_000);
  });
});
