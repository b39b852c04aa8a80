import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../shared/domain/alert.ts';
import { type AlertWindow, type DiscoveryPort, discoverAlerts } from '../../../shared/pipeline/discover-alerts.ts';
import { alert, MACHINE_ID } from '../../memory/samples.ts';
import { makeWorld, type World } from '../../memory/world.ts';

const HOUR_MS = 3_600_000;

interface Updated {
  readonly alert: Alert;
  updatedAt: string;
}

/** Defender's list of alerts, and a watermark, in memory; every window that was asked for is kept. */
function play(world: World) {
  const alerts: Updated[] = [];
  const asked: AlertWindow[] = [];
  let mark: string | null = null;
  const port: DiscoveryPort = {
    async listAlerts(window) {
      asked.push(window);
      return alerts
        .filter(({ updatedAt }) => updatedAt >= window.updatedFrom && updatedAt < window.updatedBefore)
        .slice(0, window.atMost);
    },
    readWatermark: async () => ({ upTo: mark, now: world.ports.now() }),
    async moveWatermark(upTo) {
      if (mark === null || upTo > mark) mark = upTo;
    },
  };
  const add = (id: string, changes: Partial<Alert> = {}, updatedAt = world.ports.now().toISOString()) =>
    alerts.push({ alert: { ...alert, id, createdAt: updatedAt, ...changes }, updatedAt });
  return { port, alerts, asked, add, mark: () => mark };
}

const openIds = async (world: World) => (await world.ports.collections.listOpen()).length;
const run = (world: World, port: DiscoveryPort) => discoverAlerts(world.ports, port);

/** A world in which discovery has begun. */
async function begun() {
  const world = makeWorld();
  const played = play(world);
  await run(world, played.port);
  return { world, ...played };
}

describe('discovering alerts', () => {
  it('begins with the time of its first run, and asks for nothing in it', async () => {
    const { asked, mark } = await begun();
    expect(asked).toEqual([]);
    expect(mark()).toBe('2026-11-20T08:00:00.000Z');
  });

  it('receives what was updated since, as from discovery, with its machine and its severity', async () => {
    const { world, port, add } = await begun();
    add('da1_1', { machineId: MACHINE_ID.toUpperCase(), severity: 'High' });
    world.passTime(60_000);
    expect(await run(world, port)).toMatchObject({ listed: 1, created: 1 });
    const [entry] = await world.ports.collections.listOpen();
    const loaded = await world.ports.collections.load(entry?.id ?? '');
    expect(loaded?.collection).toMatchObject({
      alertId: 'da1_1',
      machineId: MACHINE_ID,
      severity: 'High',
      receivedFrom: 'discovery',
    });
  });

  it('repeats none: run again, and with a second instance at the same time', async () => {
    const { world, port, add } = await begun();
    for (let number = 1; number <= 20; number += 1) add(`da1_${number}`);
    world.passTime(60_000);
    const [one, other] = await Promise.all([run(world, port), run(world, port)]);
    expect(one.created + other.created).toBe(20);
    world.passTime(60_000);
    expect(await run(world, port)).toMatchObject({ listed: 20, created: 0 });
    expect(await openIds(world)).toBe(20);
  });

  it('looks back for an alert that shows later than the time it bears', async () => {
    const { world, port, add } = await begun();
    world.passTime(20 * 60_000);
    await run(world, port);
    add('da1_1', {}, new Date(world.ports.now().getTime() - 14 * 60_000).toISOString());
    world.passTime(30_000);
    expect(await run(world, port)).toMatchObject({ created: 1 });
  });

  it('loses none when it was off for a day, in runs of a bounded number of lists', async () => {
    const { world, port, add, asked, mark } = await begun();
    for (let hour = 0; hour < 48; hour += 1) {
      add(`da1_${hour}`);
      world.passTime(HOUR_MS / 2);
    }
    let created = 0;
    let runs = 0;
    for (; created < 48 && runs < 10; runs += 1) {
      const before = asked.length;
      created += (await run(world, port)).created;
      expect(asked.length - before).toBeLessThanOrEqual(11);
    }
    expect(created).toBe(48);
    expect(runs).toBe(3);
    expect(mark()).toBe(world.ports.now().toISOString());
  });

  it('passes a window only when all of it was received', async () => {
    const { world, port, add, mark } = await begun();
    const before = mark();
    for (let number = 1; number <= 9; number += 1) add(`da1_${number}`);
    world.passTime(60_000);
    let creates = 0;
    const { create } = world.ports.collections;
    const failing = {
      ...world.ports,
      collections: {
        ...world.ports.collections,
        create: async (...given: Parameters<typeof create>) => {
          creates += 1;
          if (creates === 5) throw new Error('The storage is away.');
          return create(...given);
        },
      },
    };
    await discoverAlerts(failing, port);
    expect(mark()).toBe(before);
    expect(world.logs).toContainEqual(expect.objectContaining({ event: 'fault', at: 'discover alerts' }));
    await run(world, port);
    expect(await openIds(world)).toBe(9);
    expect(mark()).toBe(world.ports.now().toISOString());
  });

  it('stays where it is while Defender cannot be asked, and says so', async () => {
    const { world, port, mark } = await begun();
    const before = mark();
    world.passTime(60_000);
    await run(world, { ...port, listAlerts: () => Promise.reject(new Error('QuotaUsedUp')) });
    expect(mark()).toBe(before);
    expect(world.logs).toContainEqual(expect.objectContaining({ event: 'fault', at: 'discover alerts' }));
  });

  it('cuts a window that one answer cannot hold, down to what it has to read whole', async () => {
    const { world, port, add, asked } = await begun();
    for (let number = 0; number < 700; number += 1) add(`da1_${number}`);
    world.passTime(30 * 60_000);
    for (let number = 0; number < 700; number += 1) {
      add(`da2_${number}`);
      world.passTime(1_000);
    }
    let created = 0;
    let runs = 0;
    for (; created < 1_400 && runs < 10; runs += 1) created += (await run(world, port)).created;
    expect(created).toBe(1_400);
    expect(runs).toBeLessThanOrEqual(4);
    const whole = asked.filter(({ atMost }) => atMost === Number.POSITIVE_INFINITY);
    expect(whole.length).toBeGreaterThan(0);
    // What is read whole is the shortest window, or the quarter of an hour before a run.
    for (const { updatedFrom, updatedBefore } of whole)
      expect([1_000, 15 * 60_000]).toContain(Date.parse(updatedBefore) - Date.parse(updatedFrom));
  });

  it('leaves alerts without a machine, and those that are older than a week though they were changed now', async () => {
    const { world, port, add } = await begun();
    add('da1_1', { machineId: null });
    add('da1_2', { createdAt: '2026-11-12T08:00:00.000Z' });
    add('da1_3', { createdAt: null });
    world.passTime(60_000);
    expect(await run(world, port)).toMatchObject({ listed: 3, created: 1 });
  });

  it('after more than a week asks for no more than a week', async () => {
    const { world, port, asked } = await begun();
    world.passTime(30 * 24 * HOUR_MS);
    await run(world, port);
    expect(asked[0]?.updatedFrom).toBe('2026-12-13T08:00:00.000Z');
    expect(asked).toHaveLength(11);
  });

  it('does nothing while MODE is off', async () => {
    const world = makeWorld({ mode: 'off' });
    const { port, mark } = play(world);
    await run(world, port);
    expect(mark()).toBeNull();
  });

  it('a collection that nobody can read any more holds up no other', async () => {
    const { world, port, add, mark } = await begun();
    add('da1_1');
    add('da1_2');
    world.passTime(60_000);
    const { create } = world.ports.collections;
    const ports = {
      ...world.ports,
      explain: () => ({ reason: 'r', code: 'unreadable-row', retryAfterMs: null }),
      collections: {
        ...world.ports.collections,
        create: (...given: Parameters<typeof create>) =>
          given[0].alertId === 'da1_1' ? Promise.reject(new Error('unreadable')) : create(...given),
      },
    };
    expect(await discoverAlerts(ports, port)).toMatchObject({ created: 1 });
    expect(mark()).toBe(world.ports.now().toISOString());
  });
});
