import { describe, expect, it } from 'vitest';
import type { Severity } from '../../../shared/domain/alert.ts';
import { pollMachineActions } from '../../../shared/pipeline/poll-machine-actions.ts';
import type { Ports } from '../../../shared/pipeline/ports.ts';
import { receiveAlert } from '../../../shared/pipeline/receive-alert.ts';
import { alert, machine } from '../../memory/samples.ts';
import { makeWorld, type World } from '../../memory/world.ts';

const machineIdOf = (number: number) => String(number).padStart(40, '0');

/** Receives alerts on machines of their own, numbered from 1, and gives their collections' ids in order. */
async function receiveMany(world: World, severities: readonly Severity[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const severity of severities) {
    const number = world.alerts.size + 1;
    const alertId = `da${number}_${number}`;
    world.machines.set(machineIdOf(number), { ...machine, id: machineIdOf(number), name: `m${number}` });
    world.alerts.set(alertId, { ...alert, id: alertId, machineId: machineIdOf(number), severity });
    const { collection } = await receiveAlert(world.ports, { alertId, machineId: null, severity }, 'http');
    ids.push(collection.id);
    world.passTime(1);
  }
  return ids;
}

const many = (count: number, severity: Severity) => Array.from({ length: count }, () => severity);

/** The same ports with one method counted. */
function count<K extends 'listActions' | 'listLibrary' | 'startLiveResponse'>(world: World, method: K) {
  const counted = { calls: 0 };
  const original = world.ports.defender[method] as (...rest: unknown[]) => unknown;
  const ports: Ports = {
    ...world.ports,
    defender: {
      ...world.ports.defender,
      [method]: (...rest: unknown[]) => {
        counted.calls += 1;
        return original(...rest);
      },
    },
  };
  return { ports, counted };
}

describe('dispatch', () => {
  it('uses every place of the window in the poll that sees it free, the most severe first, then the oldest', async () => {
    const world = makeWorld();
    await receiveMany(world, [...many(6, 'Low'), ...many(6, 'High'), ...many(6, 'Medium')]);
    await pollMachineActions(world.ports);
    const order = world.sent.map((request) => Number(request.machineId));
    const firstAlert = world.alerts.size - 18 + 1;
    expect(order.map((number) => number - firstAlert).sort((a, b) => a - b)).toEqual([
      6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
    ]);
    world.passTime(60_000);
    await pollMachineActions(world.ports);
    expect(world.sent).toHaveLength(10);
    world.passTime(2_000);
    await pollMachineActions(world.ports);
    expect(world.sent).toHaveLength(18);
  });

  it('lists the library once for all that it starts', async () => {
    const world = makeWorld();
    await receiveMany(world, many(8, 'High'));
    await pollMachineActions(world.ports);
    world.passTime(62_000);
    await receiveMany(world, many(8, 'High'));
    const { ports, counted } = count(world, 'listLibrary');
    await pollMachineActions(ports);
    expect(world.sent).toHaveLength(16);
    expect(counted.calls).toBe(1);
  });

  it('I11: once Defender asks for fewer calls, what is not on its way yet stays unsent, and keeps no place', async () => {
    const world = makeWorld();
    await receiveMany(world, many(10, 'High'));
    world.startAnswers.push({
      outcome: 'throttled',
      afterMs: 30_000,
      reason: 'Defender takes no more calls for 30 s.',
    });
    const { ports, counted } = count(world, 'startLiveResponse');
    await pollMachineActions(ports);
    // Four are on their way side by side when the first answer comes.
    expect(counted.calls).toBeLessThanOrEqual(4);
    expect(await world.ports.governor.listLeases()).toHaveLength(counted.calls - 1);
    world.passTime(29_000);
    await pollMachineActions(ports);
    expect(counted.calls).toBeLessThanOrEqual(4);
    world.passTime(2_000);
    await pollMachineActions(ports);
    expect(counted.calls).toBe(10);
  });

  it('who waits is told why once, and its history does not grow by it', async () => {
    const world = makeWorld();
    const ids = await receiveMany(world, many(12, 'High'));
    await pollMachineActions(world.ports);
    const waiting = ids.at(-1) ?? '';
    expect((await world.ports.collections.load(waiting))?.collection.reason).toMatch(/waits for one of the tenant/);
    const before = (await world.ports.collections.readCustody(waiting)).length;
    for (let polls = 0; polls < 3; polls += 1) {
      world.passTime(15_000);
      await pollMachineActions(world.ports);
    }
    expect((await world.ports.collections.readCustody(waiting)).length).toBe(before);
  });
});

describe('what a poll costs', () => {
  it('50 running actions cost one list call a poll and at most a fifth of the hourly quota', async () => {
    const world = makeWorld({ callsPerHour: 1_500 });
    await receiveMany(world, many(50, 'High'));
    const roomy: Ports = { ...world.ports, governor: { ...world.ports.governor, ...generous(world) } };
    await pollMachineActions(roomy);
    expect(world.sent).toHaveLength(50);
    for (const id of world.actions.keys()) {
      world.endAction(id, 'InProgress', [
        ['RunScript', 'Completed'],
        ['GetFile', 'Created'],
      ]);
    }
    const { ports, counted } = count({ ...world, ports: roomy }, 'listActions');
    const perPoll: number[] = [];
    for (let polls = 0; polls < 240; polls += 1) {
      world.passTime(15_000);
      const before = counted.calls;
      await pollMachineActions(ports);
      perPoll.push(counted.calls - before);
    }
    expect(Math.max(...perPoll)).toBe(1);
    expect(counted.calls).toBeGreaterThan(200);
    expect(counted.calls).toBeLessThanOrEqual(300);
  });

  it('polls that come faster than that make no more list calls', async () => {
    const world = makeWorld({ callsPerHour: 1_500 });
    await receiveMany(world, many(3, 'High'));
    await pollMachineActions(world.ports);
    const { ports, counted } = count(world, 'listActions');
    for (let polls = 0; polls < 1_200; polls += 1) {
      world.passTime(3_000);
      await pollMachineActions(ports);
    }
    expect(counted.calls).toBeLessThanOrEqual(300);
  });

  it('it slows by itself while nothing is near its end', async () => {
    const world = makeWorld({ callsPerHour: 1_500 });
    await receiveMany(world, many(3, 'High'));
    await pollMachineActions(world.ports);
    world.passTime(6 * 60_000);
    const { ports, counted } = count(world, 'listActions');
    for (let polls = 0; polls < 40; polls += 1) {
      world.passTime(15_000);
      await pollMachineActions(ports);
    }
    expect(counted.calls).toBeLessThanOrEqual(11);
  });

  it('loads no collection that has nothing to do, but each of them once in a while', async () => {
    const world = makeWorld();
    const ids = await receiveMany(world, many(30, 'High'));
    await pollMachineActions(world.ports);
    await pollMachineActions(world.ports);
    const loads: string[] = [];
    const ports: Ports = {
      ...world.ports,
      collections: {
        ...world.ports.collections,
        load: (id) => {
          loads.push(id);
          return world.ports.collections.load(id);
        },
      },
    };
    const perPoll: number[] = [];
    for (let polls = 0; polls < 51; polls += 1) {
      world.passTime(1_000);
      const before = loads.length;
      await pollMachineActions(ports);
      perPoll.push(loads.length - before);
    }
    expect(Math.max(...perPoll)).toBeLessThan(20);
    expect(new Set(loads).size).toBe(ids.length);
  });
});

describe('an answer that cannot be read', () => {
  it('costs the poll that met it, and the next poll goes on', async () => {
    const world = makeWorld();
    const [id = ''] = await receiveMany(world, many(1, 'High'));
    await pollMachineActions(world.ports);
    const [action = ''] = world.actions.keys();
    world.endAction(action, 'Succeeded', [
      ['RunScript', 'Completed'],
      ['GetFile', 'Completed'],
    ]);
    const unreadable = new Error(
      "Defender's answer to 'list machine actions' (200) could not be read: it is a web page.",
    );
    const ports: Ports = {
      ...world.ports,
      defender: { ...world.ports.defender, listActions: () => Promise.reject(unreadable) },
    };
    world.passTime(30_000);
    await pollMachineActions(ports);
    expect((await world.ports.collections.load(id))?.collection.status).toBe('running');
    expect(world.logs.some((line) => line.event === 'fault' && line['at'] === 'list machine actions')).toBe(true);
    world.passTime(30_000);
    await pollMachineActions(world.ports);
    expect((await world.ports.collections.load(id))?.collection.status).toBe('copying');
  });
});

describe('the index of open collections', () => {
  it('a stale row is made good, and what it hid goes on', async () => {
    const world = makeWorld();
    const [id = ''] = await receiveMany(world, many(1, 'High'));
    const received = (await world.ports.collections.load(id))?.collection;
    if (received === undefined) throw new Error('no collection');
    await pollMachineActions(world.ports);
    const [action = ''] = world.actions.keys();
    await world.ports.collections.refreshOpen({ ...received, notBefore: '2027-01-01T00:00:00.000Z' });
    world.endAction(action, 'Succeeded', [
      ['RunScript', 'Completed'],
      ['GetFile', 'Completed'],
    ]);
    for (let polls = 0; polls < 20; polls += 1) {
      world.passTime(15_000);
      await pollMachineActions(world.ports);
    }
    expect((await world.ports.collections.load(id))?.collection.status).not.toBe('running');
  });
});

describe('an API whose quota is used up', () => {
  it('is asked once in a poll, whoever waits for it is told, and nobody counts a try in vain', async () => {
    const world = makeWorld();
    const ids = await receiveMany(world, many(20, 'High'));
    world.faults.getAlert = Object.assign(new Error("The quota for 'get alert' is used up."), { code: 'QuotaUsedUp' });
    let asked = 0;
    const ports: Ports = {
      ...world.ports,
      explain: (fault) => ({ ...world.ports.explain(fault), code: 'QuotaUsedUp', retryAfterMs: 40_000 }),
      defender: {
        ...world.ports.defender,
        getAlert: (alertId) => {
          asked += 1;
          return world.ports.defender.getAlert(alertId);
        },
      },
    };
    await pollMachineActions(ports);
    expect(asked).toBeLessThanOrEqual(4);
    const first = (await world.ports.collections.load(ids[0] ?? ''))?.collection;
    expect(first).toMatchObject({ status: 'received', tries: 0, reason: expect.stringContaining('used up') });
    world.faults.getAlert = null;
    await pollMachineActions(world.ports);
    expect(world.sent).toHaveLength(10);
  });
});

/** A governor that grants everything, for tests of what comes after it. */
function generous(world: World): Partial<Ports['governor']> {
  return {
    findRoom: async () => ({ ...(await world.ports.governor.findRoom()), starts: 1_000 }),
    grantStarts: async (wishes) => wishes.map(() => ({ decision: 'granted' as const })),
    confirmStart: async () => ({ decision: 'granted' as const }),
  };
}
