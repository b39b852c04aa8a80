import { describe, expect, it } from 'vitest';
import { goOn } from '../../../shared/pipeline/go-on.ts';
import { pollMachineActions } from '../../../shared/pipeline/poll-machine-actions.ts';
import { receiveAlerts } from '../../../shared/pipeline/receive-alerts.ts';
import { ALERT_ID, alert, MACHINE_ID } from '../../memory/samples.ts';
import { makeWorld, type World } from '../../memory/world.ts';

const receipts = { writeReceipt: async () => undefined };
const reference = { alertId: ALERT_ID, machineId: MACHINE_ID, severity: null };

function fill(world: World, count: number): { alertId: string; machineId: null; severity: null }[] {
  return Array.from({ length: count }, (_, number) => {
    const alertId = `da63747290038283886${number}_${number}`;
    world.alerts.set(alertId, { ...alert, id: alertId });
    return { alertId, machineId: null, severity: null };
  });
}

describe('a door', () => {
  it('goes on to the live response while it is quiet', async () => {
    const world = makeWorld();
    const { collections } = await receiveAlerts(world.ports, receipts, [reference], 'http');
    expect(collections).toMatchObject([{ status: 'running' }]);
    expect(world.sent).toHaveLength(1);
  });

  it('leaves a list of alerts to the poll', async () => {
    const world = makeWorld();
    const { collections } = await receiveAlerts(world.ports, receipts, fill(world, 3), 'http');
    expect(collections.map((collection) => collection.status)).toEqual(['received', 'received', 'received']);
    expect(world.sent).toHaveLength(0);
  });

  it('leaves an alert to the poll when much is open', async () => {
    const world = makeWorld();
    await receiveAlerts(world.ports, receipts, fill(world, 11), 'http');
    const { collections } = await receiveAlerts(world.ports, receipts, [reference], 'http');
    expect(collections).toMatchObject([{ status: 'received' }]);
  });

  it('I1: answers with the claim even when Defender fails it', async () => {
    const world = makeWorld();
    world.faults.getAlert = new Error('Defender is away.');
    const { collections } = await receiveAlerts(world.ports, receipts, [reference], 'http');
    expect(collections).toMatchObject([{ status: 'received', reason: 'Defender is away.' }]);
  });
});

describe('several instances at once', () => {
  it.each([2, 3, 5])('I3: %i polls at the same time start a collection once', async (instances) => {
    const world = makeWorld();
    const [first, second] = fill(world, 2);
    if (first === undefined || second === undefined) throw new Error('no alerts');
    await receiveAlerts(world.ports, receipts, [first, second], 'http');
    await Promise.all(Array.from({ length: instances }, () => pollMachineActions(world.ports)));
    expect(world.sent).toHaveLength(1);
    expect(await world.ports.governor.listLeases()).toHaveLength(1);
  });

  it('I2: an instance that fails gives up no turn that another has taken', async () => {
    const world = makeWorld();
    await receiveAlerts(world.ports, receipts, [reference], 'http');
    expect(world.sent).toHaveLength(1);
    // A second instance had read the collection as planned, and its call of the library fails after the first has started.
    let reads = 0;
    let listed = 0;
    const stale = {
      ...world.ports,
      defender: {
        ...world.ports.defender,
        listLibrary: () => {
          listed += 1;
          return Promise.reject(new Error('cut'));
        },
      },
      collections: {
        ...world.ports.collections,
        load: async (id: string) => {
          const loaded = await world.ports.collections.load(id);
          reads += 1;
          if (loaded?.collection.status !== 'running' || reads > 2) return loaded;
          const {
            actionId: _a,
            startedAt: _s,
            actionStatus: _t,
            commandsLeft: _l,
            cancel: _c,
            ...rest
          } = loaded.collection;
          return {
            ...loaded,
            collection: { ...rest, status: 'planned' as const, progress: { session: 0, attempt: 0 } },
          };
        },
      },
    };
    const other = { collectionId: 'another', session: 0, attempt: 1 };
    const [open] = await world.ports.collections.listOpen();
    await goOn(stale, open?.id ?? '');
    expect(listed).toBe(1);
    expect(await world.ports.governor.listLeases()).toHaveLength(1);
    expect(await world.ports.lanes.take(MACHINE_ID, other, '2026-11-20T08:00:01.000Z')).toEqual({
      lane: 'held',
      by: open?.id,
      holder: `${open?.id}/0/1`,
    });
  });
});
