import { describe, expect, it } from 'vitest';
import type { Registry } from '../../../local/host/core-api.ts';
import { listTimers } from '../../../local/host/timers.ts';
import { fixtureApp, startMain } from './start-main.ts';

/** A registry with one timer, as the library registers it. */
function registryWith(schedule: string): Registry {
  const trigger = { type: 'timerTrigger', direction: 'in', schedule };
  return {
    open: false,
    functions: [{ metadata: { name: 'poll', bindings: { timer1: trigger } }, callback: () => undefined }],
    hooks: [],
    model: undefined,
    log: () => undefined,
  };
}

describe('listTimers', () => {
  it.each([
    ['*/15 * * * * *', '2026-01-02T03:04:05Z', '2026-01-02T03:04:15.000Z'],
    ['0 */5 * * * *', '2026-01-02T03:04:05Z', '2026-01-02T03:05:00.000Z'],
    ['*/5 * * * *', '2026-01-02T03:04:05Z', '2026-01-02T03:05:00.000Z'],
    ['0 0 2 * * *', '2026-03-29T01:59:59Z', '2026-03-29T02:00:00.000Z'],
    ['0 0 12 1 * MON', '2026-01-02T03:04:05Z', '2026-06-01T12:00:00.000Z'],
    ['%POLL_SCHEDULE%', '2026-01-02T03:04:05Z', '2026-01-02T03:04:30.000Z'],
  ])('reads %s: after %s comes %s', (schedule, after, next) => {
    const [timer] = listTimers(registryWith(schedule), { POLL_SCHEDULE: '30 * * * * *' });
    expect(timer?.cron.nextRun(new Date(after))?.toISOString()).toBe(next);
  });

  it.each([
    [
      '%NONE%',
      'The trigger of the function "poll" uses the setting NONE, which is not set. Set NONE in the environment or in local.settings.json.',
    ],
    ['every minute', 'The schedule "every minute" of the function "poll" cannot be read. Write six fields'],
    ['99 * * * * *', 'The schedule "99 * * * * *" of the function "poll" cannot be read.'],
    ['0 0 0 * * * 2026', 'The schedule "0 0 0 * * * 2026" of the function "poll" cannot be read.'],
  ])('refuses %s in words', (schedule, words) => {
    expect(() => listTimers(registryWith(schedule), {})).toThrow(words);
  });
});

type Run = {
  tick?: { isPastDue: boolean; scheduleStatus: unknown; schedule: unknown };
  yearly?: { isPastDue: boolean; scheduleStatus: { next: string } };
  beganAt: number;
  endedAt?: number;
};

describe('timer triggers', () => {
  it('run by the second, never two at once, late ones at once as past due', { timeout: 20_000 }, async () => {
    const host = await startMain(['--port', '0', '--app', fixtureApp], {
      TICK_SCHEDULE: '* * * * * *',
      TICK_MS: '2100',
    });
    const readSeen = async (): Promise<Run[]> => JSON.parse(await (await fetch(`${host.url}/v1/seen`)).text());
    await expect.poll(async () => (await readSeen()).filter(({ tick }) => tick), { timeout: 15_000 }).toHaveLength(2);
    const seen = await readSeen();
    const [first, second] = seen.filter(({ tick }) => tick);
    await host.end('SIGKILL');

    expect(first?.tick).toEqual({ schedule: { adjustForDST: true }, scheduleStatus: null, isPastDue: false });
    expect(second?.tick?.isPastDue).toBe(true);
    expect(second?.beganAt).toBeGreaterThanOrEqual(first?.endedAt ?? Number.NaN);

    const yearly = seen.flatMap((run) => (run.yearly === undefined ? [] : [run.yearly]));
    expect(yearly).toHaveLength(1);
    expect(yearly[0]?.isPastDue).toBe(false);
    expect(Date.parse(yearly[0]?.scheduleStatus.next ?? '')).toBeLessThanOrEqual(first?.beganAt ?? Number.NaN);
  });
});
