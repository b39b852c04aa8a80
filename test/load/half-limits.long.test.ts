import { afterEach, describe, expect, it } from 'vitest';
import { type Fleet, drain, startFleet } from './fleet.ts';

let fleet: Fleet | null = null;
afterEach(async () => {
  await fleet?.close();
  fleet = null;
});

describe('40 alerts on 40 machines at once, three instances on one storage', () => {
  it('I11: against limits that are half of ours it drains as well, and obeys each Retry-After', async () => {
    fleet = await startFleet({
      instances: 3,
      load: {
        machines: 40,
        commandMs: 30_000,
        limits: { runsPerMinute: 5, callsPerMinute: 50, callsPerHour: 750, sessions: 10 },
      },
    });
    const ids = await fleet.receiveAll();
    const { collections } = await drain(fleet, ids, 180);

    expect(collections.map((collection) => collection.status)).toEqual(ids.map(() => 'collected'));
    expect(fleet.simulator.actions()).toHaveLength(40);
    const refused = fleet.simulator.calls().filter((call) => call.status === 429);
    expect(refused.length).toBeGreaterThan(0);
    for (const call of refused) {
      const toldAt = Date.parse(call.answeredAt ?? call.at);
      const until = toldAt + (call.retryAfterSeconds ?? 0) * 1_000;
      const early = fleet.simulator
        .calls()
        .filter(({ endpoint, at }) => endpoint === call.endpoint && Date.parse(at) > toldAt && Date.parse(at) < until);
      expect(early, `${call.endpoint} was told at ${call.answeredAt} to wait ${call.retryAfterSeconds} s`).toEqual([]);
    }
  });
});
