import { beforeAll, describe, expect, it } from 'vitest';
import { drawStorm } from '../../../bench/storm/draw-storm.ts';
import { type Figures, measure } from '../../../bench/storm/figures.ts';
import { type OursRun, runOurs } from '../../../bench/storm/run-ours.ts';
import { runTodaysPattern } from '../../../bench/storm/run-todays-pattern.ts';
import type { Storm } from '../../../bench/storm/storm.ts';
import { makeStormByHand, oneEach } from './hand-made-storm.ts';

/** A storm that all quotas bind in: within a minute, an eighth of the alerts critical, nobody who is away comes back. */
function drawDenseStorm(): Storm {
  const storm = drawStorm({ alerts: 140, machines: 40, seed: 3 });
  return {
    ...storm,
    alerts: storm.alerts.map((alert, number) => ({
      ...alert,
      arrivesAtMs: alert.arrivesAtMs / 5,
      severity: number % 8 === 0 ? 'High' : alert.severity,
    })),
    machines: new Map(
      [...storm.machines].map(([id, machine]) => {
        const answersFromMs = machine.answersFromMs === 0 ? 0 : Number.POSITIVE_INFINITY;
        return [id, { ...machine, answersFromMs }];
      }),
    ),
  };
}

describe('a small storm in the real pipeline', () => {
  const storm = drawDenseStorm();
  let ours: OursRun;
  let seen: Figures;
  beforeAll(async () => {
    ours = await runOurs(storm);
    seen = measure(storm, ours.outcome, 20);
  });

  it('every alert on a machine that answers is served', () => {
    expect(ours.outcome.served).toHaveLength(storm.alerts.length);
    expect(seen.notServed).toBe(0);
    expect(seen.critical.alerts + seen.others.alerts + seen.unreachable).toBe(storm.alerts.length);
    expect(seen.unreachable).toBeGreaterThan(0);
  });

  it('I2: Defender sees at most ten starts in any 60 s, and ten in some', () => {
    const { askedAtMs } = ours.defender;
    const inMinute = askedAtMs.map((from) => askedAtMs.filter((at) => at >= from && at < from + 60_000).length);
    expect(Math.max(...inMinute)).toBe(10);
  });

  it('I2: at most 20 sessions are in flight, pending ones counted, and one a machine', () => {
    const { places } = ours.outcome;
    const inFlight = places.map(({ fromMs }) =>
      places.filter((place) => place.fromMs <= fromMs && place.untilMs > fromMs),
    );
    expect(Math.max(...inFlight.map((held) => held.length))).toBe(20);
    for (const held of inFlight) expect(new Set(held.map(({ machineId }) => machineId)).size).toBe(held.length);
  });

  it('I2: Defender answers no call with 429, though more is to be looked up than a minute allows', () => {
    expect(seen.throttled).toBe(0);
    expect(ours.logs.filter(({ event, code }) => event === 'fault' && code === 'QuotaUsedUp')).not.toHaveLength(0);
  });

  it('critical alerts are served before the others in median', () => {
    expect(seen.critical.alerts).toBeGreaterThan(10);
    expect(seen.critical.medianMs).toBeLessThan(seen.others.medianMs ?? 0);
  });

  it('critical alerts are looked up before the others, as the door was told their severity', () => {
    const critical = new Set(storm.alerts.filter(({ severity }) => severity === 'High').map(({ id }) => id));
    const looked = ours.logs.filter(({ cause }) => cause === 'looked up' || cause === 'merged');
    const waits = (kind: 'critical' | 'others') => {
      const own = looked.filter(({ alert }) => critical.has(String(alert)) === (kind === 'critical'));
      return own.map(({ ageMs }) => Number(ageMs)).sort((a, b) => a - b);
    };
    expect(looked).toHaveLength(storm.alerts.length);
    expect(waits('critical').at(-1)).toBeLessThan(waits('others').at(-1) ?? 0);
  });

  it('an alert is served when a machine takes up a session, and the tickets bring the results', () => {
    const begun = new Set(ours.outcome.places.map(({ takenUpAtMs }) => takenUpAtMs));
    for (const { atMs } of ours.outcome.served) expect(atMs === null || begun.has(atMs)).toBe(true);
    const causes = ours.logs.map(({ cause }) => cause);
    expect(causes.filter((cause) => cause === 'result stored')).toHaveLength(2 * seen.sessions);
    expect(causes).not.toContain('copy begun');
  });

  it('alerts on one machine share sessions', () => {
    expect(seen.sessions).toBeLessThan((seen.critical.alerts + seen.others.alerts) / 2);
  });

  it('the same storm again comes to the same', async () => {
    const again = await runOurs(storm);
    expect(again.outcome).toEqual(ours.outcome);
  });

  it("today's pattern serves them too, one session an alert, and meets 429s", async () => {
    const outcome = await runTodaysPattern(storm);
    const today = measure(storm, outcome, 20);
    const begun = outcome.places.map(({ takenUpAtMs }) => takenUpAtMs);
    expect(outcome.served.map(({ atMs }) => atMs).filter((atMs) => !begun.includes(atMs))).toEqual([]);
    expect(today.notServed).toBe(0);
    expect(today.sessions).toBe(today.critical.alerts + today.others.alerts);
    expect(today.throttled).toBeGreaterThan(0);
    expect(today.makespanMs).toBeGreaterThan(2 * seen.makespanMs);
  });
});

describe('a machine that is away for the first hours', () => {
  it('is collected from once it is back, however often it was tried before', async () => {
    const storm = makeStormByHand(oneEach(3), { [oneEach(1)[0]?.on ?? '']: 2 * 3_600 });
    const { outcome } = await runOurs(storm);
    const seen = measure(storm, outcome, 20);
    expect(seen.triesInVain).toBeGreaterThan(1);
    expect(seen.notServed).toBe(0);
  });
});
