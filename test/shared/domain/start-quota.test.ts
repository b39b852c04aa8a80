import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blockStarts,
  confirmStart,
  decideStarts,
  findRoom,
  giveBackLease,
  noteAnswer,
  noteReach,
  type Reach,
  type StartQuota,
  takeBackStart,
  UNUSED_STARTS,
} from '../../../shared/domain/start-quota.ts';

const limits = { startsPerMinute: 10, sessions: 20 };
const at = (ms: number) => new Date(Date.parse('2026-11-20T08:00:00.000Z') + ms).toISOString();
const name = (number: number) => ({ collectionId: String(number).padStart(32, '0'), session: 0, attempt: 1 });
const silentAt = (number: number) => ({ name: name(number), reach: 'silent' as const });
const wish = (number: number, reach: Reach = 'unknown') => ({ name: name(number), reach });

function decide(quota: StartQuota, number: number, ms: number, reach: Reach = 'unknown', under = limits) {
  const { decisions, quota: next } = decideStarts(quota, [wish(number, reach)], under, at(ms));
  const [decision] = decisions;
  if (decision === undefined) throw new Error('nothing was decided');
  return { decision, next };
}

/** A quota whose places were all taken and answered, a second apart. */
function fill(count: number, gapMs = 1000): StartQuota {
  let quota = UNUSED_STARTS;
  for (let number = 0; number < count; number += 1) {
    quota = noteAnswer(decide(quota, number, number * gapMs).next, name(number), at(number * gapMs));
  }
  return quota;
}

describe('the window', () => {
  it('I2: in any 60 s there are never more starts than the quota allows, however they come', () => {
    const steps = fc.array(fc.tuple(fc.nat(30_000), fc.integer({ min: 1, max: 15 })), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(steps, (asked) => {
        let quota = UNUSED_STARTS;
        let nowMs = 0;
        let number = 0;
        const starts: number[] = [];
        for (const [gapMs, wishes] of asked) {
          nowMs += gapMs;
          const names = Array.from({ length: wishes }, (_, index) => wish(number + index + 1));
          number += wishes;
          const decided = decideStarts(quota, names, limits, at(nowMs));
          quota = decided.quota;
          for (const [index, decision] of decided.decisions.entries()) {
            const asking = names[index];
            if (decision.decision !== 'granted' || asking === undefined) continue;
            starts.push(nowMs);
            quota = giveBackLease(noteAnswer(quota, asking.name, at(nowMs)), asking.name);
          }
        }
        for (const start of starts) {
          expect(starts.filter((other) => other >= start && other < start + 60_000).length).toBeLessThanOrEqual(10);
        }
      }),
    );
  });

  it('grants the first wishes of one request until it is full, and tells the rest when to ask again', () => {
    const { decisions } = decideStarts(
      UNUSED_STARTS,
      Array.from({ length: 12 }, (_, number) => wish(number)),
      limits,
      at(0),
    );
    expect(decisions.map((decision) => decision.decision)).toEqual([
      ...Array.from({ length: 10 }, () => 'granted'),
      'later',
      'later',
    ]);
  });

  it('slides: each place is free 62 s after its own answer', () => {
    const quota = fill(10);
    expect(decide(quota, 99, 20_000).decision).toMatchObject({ decision: 'later', afterMs: 42_000 });
    expect(decide(quota, 99, 62_000).decision.decision).toBe('granted');
    expect(findRoom(quota, limits, at(62_000)).starts).toBe(1);
    expect(findRoom(quota, limits, at(65_000)).starts).toBe(4);
  });

  it('I2: a start that was not answered may still be on its way, and holds its place for longer', () => {
    const one = { startsPerMinute: 1, sessions: 20 };
    const sent = decide(UNUSED_STARTS, 1, 0, 'unknown', one).next;
    expect(decide(sent, 2, 111_999, 'unknown', one).decision.decision).toBe('later');
    expect(decide(sent, 2, 112_000, 'unknown', one).decision.decision).toBe('granted');
    const answered = noteAnswer(sent, name(1), at(40_000));
    expect(decide(answered, 2, 101_999, 'unknown', one).decision.decision).toBe('later');
    expect(decide(answered, 2, 102_000, 'unknown', one).decision.decision).toBe('granted');
  });

  it('a start that was never sent gives its place back at once', () => {
    const one = { startsPerMinute: 1, sessions: 1 };
    const sent = decide(UNUSED_STARTS, 1, 0, 'unknown', one).next;
    expect(decide(takeBackStart(sent, name(1)), 2, 1, 'unknown', one).decision.decision).toBe('granted');
  });
});

describe('the sessions', () => {
  it('I2: never more at a time than the limit, until one is given back', () => {
    const quota = fill(20, 10_000);
    expect(quota.leases).toHaveLength(20);
    expect(decide(quota, 99, 600_000).decision).toMatchObject({
      decision: 'later',
      reason: expect.stringContaining('20 live response sessions'),
    });
    expect(decide(giveBackLease(quota, name(3)), 99, 600_000).decision.decision).toBe('granted');
  });

  it('the same attempt asked twice has one lease and one place', () => {
    const first = decide(UNUSED_STARTS, 1, 0).next;
    const second = decide(first, 1, 1);
    expect(second.decision.decision).toBe('granted');
    expect(second.next).toEqual(first);
  });

  it('I2: an attempt that kept its lease but lost its place needs a new place, not a second lease', () => {
    const one = { startsPerMinute: 10, sessions: 1 };
    const sent = decide(UNUSED_STARTS, 1, 0, 'unknown', one).next;
    const again = decide(sent, 1, 200_000, 'unknown', one);
    expect(again.decision.decision).toBe('granted');
    expect(again.next.leases).toEqual([{ ...name(1), since: at(200_000), reach: 'unknown' }]);
  });
});

describe('silent machines', () => {
  it('use at most a fifth of the sessions, whatever is free', () => {
    let quota = UNUSED_STARTS;
    for (let number = 0; number < 4; number += 1) {
      const decided = decide(quota, number, number * 100_000, 'silent');
      expect(decided.decision.decision).toBe('granted');
      quota = noteAnswer(decided.next, name(number), at(number * 100_000));
    }
    expect(decide(quota, 9, 600_000, 'silent').decision).toMatchObject({
      decision: 'later',
      reason: expect.stringContaining('at most 4 of the 20 sessions'),
    });
    expect(decide(quota, 9, 600_000).decision.decision).toBe('granted');
  });

  it('use at most a fifth of the window, so that those who answer find places', () => {
    const wishes = Array.from({ length: 5 }, (_, number) => wish(number, 'silent'));
    const { decisions } = decideStarts(UNUSED_STARTS, [...wishes, wish(9)], limits, at(0));
    expect(decisions.map((decision) => decision.decision)).toEqual([
      'granted',
      'granted',
      'later',
      'later',
      'later',
      'granted',
    ]);
  });

  it('count from when they are found silent, though they were started as any other', () => {
    const quota = noteReach(fill(20, 10_000), [0, 1, 2, 3].map(silentAt));
    const free = giveBackLease(quota, name(10));
    expect(decide(free, 99, 600_000, 'silent').decision.decision).toBe('later');
    expect(decide(free, 99, 600_000).decision.decision).toBe('granted');
    expect(noteReach(quota, [silentAt(0)])).toBe(quota);
    expect(noteReach(quota, [{ name: name(0), reach: 'unknown' }]).leases[0]?.reach).toBe('unknown');
  });

  it('have one place where a fifth is less than one', () => {
    const few = { startsPerMinute: 2, sessions: 3 };
    const first = decide(UNUSED_STARTS, 1, 0, 'silent', few);
    expect(first.decision.decision).toBe('granted');
    expect(decide(first.next, 2, 1, 'silent', few).decision.decision).toBe('later');
  });
});

describe('a start that is confirmed right before it is sent', () => {
  const confirm = (quota: StartQuota, number: number, ms: number, under = limits) =>
    confirmStart(quota, wish(number), under, at(ms));

  it('I2: holds its place from then, not from when it was granted', () => {
    const one = { startsPerMinute: 1, sessions: 20 };
    const granted = decide(UNUSED_STARTS, 1, 0, 'unknown', one).next;
    const confirmed = confirm(granted, 1, 78_000, one);
    expect(confirmed.decision.decision).toBe('granted');
    expect(decide(confirmed.quota, 2, 112_000 + 77_999, 'unknown', one).decision.decision).toBe('later');
    expect(confirmed.quota.leases).toEqual([{ ...name(1), since: at(78_000), reach: 'unknown' }]);
  });

  it('I2: is not confirmed once its place was lost and others have taken all of them', () => {
    const one = { startsPerMinute: 1, sessions: 20 };
    const granted = decide(UNUSED_STARTS, 1, 0, 'unknown', one).next;
    const others = decide(granted, 2, 120_000, 'unknown', one).next;
    const late = confirm(others, 1, 130_000, one);
    expect(late.decision.decision).toBe('later');
    expect(late.quota).toBe(others);
  });

  it('I2: is not confirmed once its lease was dropped and others hold all of them', () => {
    const two = { startsPerMinute: 10, sessions: 1 };
    const granted = decide(UNUSED_STARTS, 1, 0, 'unknown', two).next;
    const others = decide(giveBackLease(granted, name(1)), 2, 1_000, 'unknown', two).next;
    expect(confirm(others, 1, 2_000, two).decision.decision).toBe('later');
  });

  it('I11: is not confirmed while Defender wants no calls', () => {
    const granted = decide(UNUSED_STARTS, 1, 0).next;
    expect(confirm(blockStarts(granted, 30_000, at(1)), 1, 2).decision.decision).toBe('later');
  });
});

describe('what Defender asked to wait', () => {
  it('I11: grants nothing before that time, not even to an attempt that holds its place', () => {
    const sent = decide(UNUSED_STARTS, 1, 0).next;
    const blocked = blockStarts(sent, 30_000, at(0));
    expect(decide(blocked, 1, 29_999).decision).toMatchObject({ decision: 'later', afterMs: 1 });
    expect(decide(blocked, 2, 29_999).decision).toMatchObject({ decision: 'later', afterMs: 1 });
    expect(decide(blocked, 2, 30_000).decision.decision).toBe('granted');
  });

  it('I11: a shorter wait that comes later does not end a longer one', () => {
    const blocked = blockStarts(blockStarts(UNUSED_STARTS, 60_000, at(0)), 5_000, at(1_000));
    expect(decide(blocked, 1, 59_999).decision.decision).toBe('later');
  });
});
