import { afterEach, describe, expect, it } from 'vitest';
import { busiestWindow } from '../../local/simulator/busiest-window.ts';
import type { Call } from '../../local/simulator/http/call-log.ts';
import { drain, type Fleet, startFleet } from './fleet.ts';

const MINUTE = 60_000;

let fleet: Fleet | null = null;
afterEach(async () => {
  await fleet?.close();
  fleet = null;
});

const timesOf = (calls: readonly Call[]) => calls.map((call) => Date.parse(call.at));

/** API calls by their endpoint. */
function byEndpoint(started: Fleet): ReadonlyMap<string, readonly Call[]> {
  const calls = started.simulator.calls().filter((call) => call.origin === 'api');
  return Map.groupBy(calls, (call) => call.endpoint ?? 'none');
}

describe('40 alerts on 40 machines at once, three instances on one storage', () => {
  it('I2: no 429, never eleven starts in any 60 s, and every free slot used in the tick that sees it', async () => {
    fleet = await startFleet({ instances: 3, load: { machines: 40, commandMs: 30_000 } });
    const ids = await fleet.receiveAll();
    expect(new Set(ids).size).toBe(40);
    const { ticks, collections } = await drain(fleet, ids, 60);

    expect(collections.map((collection) => collection.status)).toEqual(ids.map(() => 'collected'));
    expect(fleet.simulator.actions()).toHaveLength(40);
    expect(fleet.simulator.calls().filter((call) => call.status === 429)).toEqual([]);
    const calls = byEndpoint(fleet);
    expect(busiestWindow(timesOf(calls.get('runliveresponse') ?? []), MINUTE)).toBe(10);
    for (const [endpoint, made] of calls) {
      expect(busiestWindow(timesOf(made), MINUTE), endpoint).toBeLessThanOrEqual(100);
      expect(busiestWindow(timesOf(made), 60 * MINUTE), endpoint).toBeLessThanOrEqual(1_500);
    }
    for (const { free, waiting, sent } of ticks) expect(sent).toBeGreaterThanOrEqual(Math.min(free, waiting));
  }, 300_000);
});
