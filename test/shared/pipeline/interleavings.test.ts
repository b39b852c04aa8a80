import { describe, expect, it } from 'vitest';
import type { Alert, Severity } from '../../../shared/domain/alert.ts';
import type { Collection } from '../../../shared/domain/collection.ts';
import { readRequestedFiles } from '../../../shared/domain/script-request.ts';
import { advance, goAlone } from '../../../shared/pipeline/advance.ts';
import { pauseAll } from '../../../shared/pipeline/pause.ts';
import { pollMachineActions } from '../../../shared/pipeline/poll-machine-actions.ts';
import type { Ports } from '../../../shared/pipeline/ports.ts';
import { receiveAlert } from '../../../shared/pipeline/receive-alert.ts';
import { takeTicket } from '../../../shared/pipeline/take-ticket.ts';
import { yieldMachine } from '../../../shared/pipeline/yield-machine.ts';
import { alert, machine } from '../../memory/samples.ts';
import { makeWorld, type World } from '../../memory/world.ts';

const machineOf = (number: number) => String(number).padStart(40, '0');
const operator = { by: 'ada', reason: null };

async function receive(world: World, number: number, severity: Severity = 'Medium', path = '/tmp/a'): Promise<string> {
  const alertId = `da${number}_${world.alerts.size}`;
  const files = [{ path, sha1: null, sha256: null, md5: null, sizeBytes: null }];
  const made: Alert = { ...alert, id: alertId, machineId: machineOf(number), severity, files };
  world.alerts.set(alertId, made);
  world.machines.set(machineOf(number), { ...machine, id: machineOf(number) });
  return (await receiveAlert(world.ports, { alertId, machineId: null, severity }, 'http')).collection.id;
}

async function show(world: World, id: string): Promise<Collection> {
  const loaded = await world.ports.collections.load(id);
  if (loaded === null) throw new Error(`There is no collection ${id}.`);
  return loaded.collection;
}

async function pollFor(world: World, minutes: number, ports: Ports = world.ports): Promise<void> {
  for (let polls = 0; polls < minutes * 4; polls += 1) {
    world.passTime(15_000);
    await pollMachineActions(ports);
  }
}

function actionOf(world: World, id: string): string {
  const action = [...world.actions.values()].findLast(({ comment }) => comment.includes(id));
  if (action === undefined) throw new Error(`Nothing was started for ${id}.`);
  return action.id;
}

/** The same ports with something done right after a start was granted. */
function afterGrant(world: World, act: () => Promise<unknown>): Ports {
  return {
    ...world.ports,
    governor: {
      ...world.ports.governor,
      grantStarts: async (wishes) => {
        const decisions = await world.ports.governor.grantStarts(wishes);
        await act();
        return decisions;
      },
    },
  };
}

describe('between the grant and the POST', () => {
  it('I2: a machine that was left to its responders gets nothing', async () => {
    const world = makeWorld();
    const id = await receive(world, 1);
    await pollMachineActions(
      afterGrant(world, () => yieldMachine(world.ports, machineOf(1), { ...operator, minutes: 30 })),
    );
    expect(world.sent).toEqual([]);
    expect(await world.ports.governor.listLeases()).toEqual([]);
    await pollFor(world, 31);
    expect(world.sent).toHaveLength(1);
    expect((await show(world, id)).status).toBe('running');
  });

  it('files that were united into the plan meanwhile are sent with it, so that no alert is merged into what was not asked for', async () => {
    const world = makeWorld();
    const first = await receive(world, 1);
    await world.ports.control.pause({ at: '', by: 'ada', reason: 'so that nothing is dispatched' });
    await pollMachineActions(world.ports);
    await world.ports.control.resume();
    const second = await receive(world, 1, 'Medium', '/tmp/b');
    const uniting = afterGrant(world, async () => {
      await advance(world.ports, second, goAlone(world.ports));
    });
    const listed = (await world.ports.collections.listOpen()).filter((entry) => entry.id === first);
    await pollMachineActions({ ...uniting, collections: { ...uniting.collections, listOpen: async () => listed } });
    expect(await show(world, second)).toMatchObject({ status: 'merged', mergedInto: first });
    const [command] = world.sent[0]?.commands ?? [];
    expect(readRequestedFiles(command?.type === 'RunScript' ? command.args : '').map(({ path }) => path)).toEqual([
      '/tmp/a',
      '/tmp/b',
    ]);
  });

  it('I11: what Defender asked another instance to wait is waited', async () => {
    const world = makeWorld();
    await receive(world, 1);
    await pollMachineActions(afterGrant(world, () => world.ports.governor.block(60_000)));
    expect(world.sent).toEqual([]);
    world.passTime(61_000);
    await pollMachineActions(world.ports);
    expect(world.sent).toHaveLength(1);
  });

  it('I2: an instance frozen until its lease was dropped takes no session beside those of others', async () => {
    const world = makeWorld({}, { startsPerMinute: 10, sessions: 1 });
    const first = await receive(world, 1);
    await pollMachineActions(
      afterGrant(world, async () => {
        world.passTime(185_000);
        const [lease] = await world.ports.governor.listLeases();
        if (lease !== undefined) await world.ports.governor.giveBack(lease);
        const other = { collectionId: 'd'.repeat(32), session: 0, attempt: 1 };
        await world.ports.governor.grantStarts([{ name: other, reach: 'unknown' }]);
      }),
    );
    expect(world.sent).toEqual([]);
    expect((await show(world, first)).status).toBe('planned');
  });

  it('a lane that another collection has taken meanwhile is not ours any more', async () => {
    const world = makeWorld();
    const id = await receive(world, 1);
    const other = { collectionId: 'd'.repeat(32), session: 0, attempt: 1 };
    await pollMachineActions(
      afterGrant(world, async () => {
        await world.ports.lanes.leave(machineOf(1), `${id}/0/1`);
        await world.ports.lanes.take(machineOf(1), other, world.ports.now().toISOString());
      }),
    );
    expect(world.sent).toEqual([]);
  });
});

describe('a start whose answer was lost', () => {
  async function lose(world: World): Promise<string> {
    const id = await receive(world, 1);
    world.startAnswers.push({ outcome: 'unknown', reason: 'Defender answered 502.' });
    await pollMachineActions(world.ports);
    expect((await show(world, id)).status).toBe('starting');
    return id;
  }

  it('I3: an instance whose clock is ahead does not take it as lost before its time', async () => {
    const world = makeWorld();
    const id = await lose(world);
    const ahead: Ports = { ...world.ports, now: () => new Date(world.ports.now().getTime() + 10 * 60_000) };
    world.passTime(30_000);
    await pollMachineActions(ahead);
    expect((await show(world, id)).status).toBe('starting');
  });

  it('I3: a list that was asked for too early does not tell of its absence, however late it is answered', async () => {
    const world = makeWorld();
    const id = await lose(world);
    const slow: Ports = {
      ...world.ports,
      defender: {
        ...world.ports.defender,
        listActions: async () => {
          world.passTime(90_000);
          return [];
        },
      },
    };
    world.passTime(100_000);
    await pollMachineActions(slow);
    expect((await show(world, id)).status).toBe('starting');
  });

  it('I3: nothing is sent beside one with exactly what was sent, though another caller is named for it', async () => {
    const world = makeWorld();
    await world.ports.control.noteRequestor('collector before it was renamed');
    const id = await receive(world, 1);
    world.startAnswers.push({ outcome: 'unknown', reason: 'Defender answered 502.' });
    await pollMachineActions(world.ports);
    const starting = await show(world, id);
    if (starting.status !== 'starting') throw new Error('it is not starting');
    await world.ports.defender.startLiveResponse({
      machineId: machineOf(1),
      comment: `Evidence Collector ${id}/0/1`,
      commands: starting.plan.sessions[0]?.commands ?? [],
    });
    await pollFor(world, 10);
    expect(world.sent).toHaveLength(1);
    expect(await show(world, id)).toMatchObject({
      status: 'starting',
      reason: expect.stringMatching(/another caller or source/),
    });

    // Once that one has ended nothing is to be waited for: the place is for others, and whoever wants it run again says so.
    const [other = ''] = world.actions.keys();
    world.endAction(other, 'Succeeded', [
      ['RunScript', 'Completed'],
      ['GetFile', 'Completed'],
    ]);
    await pollFor(world, 4);
    expect(world.sent).toHaveLength(1);
    expect(await show(world, id)).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/another caller or source/),
    });
    expect(await world.ports.governor.listLeases()).toEqual([]);
  });
});

describe('effects that come late', () => {
  it('giving up the lane of an earlier attempt does not free the lane of a later one', async () => {
    const world = makeWorld();
    const id = await receive(world, 1);
    world.startAnswers.push({ outcome: 'busy', reason: 'Another live response runs there.' });
    const late: (() => Promise<void>)[] = [];
    const stalled: Ports = {
      ...world.ports,
      lanes: {
        ...world.ports.lanes,
        leave: async (machineId, holder) => {
          late.push(() => world.ports.lanes.leave(machineId, holder));
        },
      },
    };
    await pollMachineActions(stalled);
    await pollFor(world, 2);
    expect((await show(world, id)).status).toBe('running');
    for (const act of late) await act();
    const other = { collectionId: 'd'.repeat(32), session: 0, attempt: 1 };
    expect(await world.ports.lanes.take(machineOf(1), other, world.ports.now().toISOString())).toMatchObject({
      lane: 'held',
      by: id,
    });
  });

  it('a running session that a crash left without lease and lane has both again at the next poll', async () => {
    const world = makeWorld();
    const id = await receive(world, 1);
    await pollMachineActions(world.ports);
    await world.ports.governor.giveBack({ collectionId: id, session: 0, attempt: 1 });
    await world.ports.lanes.leave(machineOf(1), `${id}/0/1`);
    await pollFor(world, 1);
    expect(await world.ports.governor.listLeases()).toHaveLength(1);
    const other = { collectionId: 'd'.repeat(32), session: 0, attempt: 1 };
    expect((await world.ports.lanes.take(machineOf(1), other, world.ports.now().toISOString())).lane).toBe('held');
  });
});

describe('what an action says', () => {
  it('a cancelled one of which not every command is told is not taken as unrun', async () => {
    const world = makeWorld();
    const id = await receive(world, 1);
    await pollMachineActions(world.ports);
    await pollFor(world, 20);
    world.endAction(actionOf(world, id), 'Cancelled', []);
    await pollFor(world, 2);
    expect((await show(world, id)).status).toBe('failed');
    expect(world.sent).toHaveLength(1);
  });

  it('a doubt that passed does not count hours later: it is asked twice again before it is taken as gone', async () => {
    const world = makeWorld({ pendingLimitMinutes: 10_000 });
    const id = await receive(world, 1);
    await pollMachineActions(world.ports);
    const action = world.actions.get(actionOf(world, id));
    if (action === undefined) throw new Error('nothing was started');
    world.passTime(200_000);
    world.actions.clear();
    await pollFor(world, 1);
    expect((await show(world, id)).reason).toMatch(/no longer knows/);
    world.actions.set(action.id, action);
    await pollFor(world, 5);
    expect((await show(world, id)).reason).toBeNull();
    world.passTime(2 * 3_600_000);
    world.actions.clear();
    world.passTime(15_000);
    await pollMachineActions(world.ports);
    world.passTime(15_000);
    await pollMachineActions(world.ports);
    expect((await show(world, id)).status).toBe('running');
  });

  it('a pretender is recorded once, however often it is seen', async () => {
    const world = makeWorld();
    const id = await receive(world, 1);
    world.startAnswers.push({ outcome: 'unknown', reason: 'Defender answered 502.' });
    await pollMachineActions(world.ports);
    await world.ports.defender.startLiveResponse({
      machineId: machineOf(1),
      comment: `Evidence Collector ${id}/0/1`,
      commands: [{ type: 'GetFile', path: '/etc/shadow', madeBy: null }],
    });
    await pollFor(world, 2);
    const lines = await world.ports.collections.readCustody(id);
    expect(lines.filter((line) => line.includes('pretender seen'))).toHaveLength(1);
  });
});

describe('operators in a hurry', () => {
  it('an emergency stop calls off all it can, and names those whose cancel met a fault', async () => {
    const world = makeWorld();
    const ids = [await receive(world, 1), await receive(world, 2), await receive(world, 3)];
    await pollMachineActions(world.ports);
    const broken: Ports = {
      ...world.ports,
      defender: {
        ...world.ports.defender,
        cancelAction: async (actionId, comment) => {
          if (actionId === actionOf(world, ids[0] ?? '')) throw new Error('Defender answered 500.');
          return world.ports.defender.cancelAction(actionId, comment);
        },
      },
    };
    const stopped = await pauseAll(broken, { ...operator, running: 'is cancelled' });
    expect([...stopped.calledOff, ...stopped.notYet].sort()).toEqual([...ids].sort());
    expect(stopped.notYet).toEqual([ids[0]]);
    await pollFor(world, 3);
    for (const id of ids) expect((await show(world, id)).status).toBe('cancelled');
  });

  it('what has come to its copies meanwhile is not called off with what runs', async () => {
    const world = makeWorld();
    const id = await receive(world, 1);
    await pollMachineActions(world.ports);
    const stale = await world.ports.collections.listOpen();
    const action = actionOf(world, id);
    world.results.set(`${action}/0`, '{}').set(`${action}/1`, 'the archive');
    world.endAction(action, 'Succeeded', [
      ['RunScript', 'Completed'],
      ['GetFile', 'Completed'],
    ]);
    await pollFor(world, 1);
    const late: Ports = { ...world.ports, collections: { ...world.ports.collections, listOpen: async () => stale } };
    expect((await pauseAll(late, { ...operator, running: 'is cancelled' })).calledOff).toEqual([]);
    for (const ticket of [...world.tickets]) await takeTicket(world.ports, ticket, undefined);
    expect((await show(world, id)).results.map((result) => result.status)).toEqual(['stored', 'stored']);
  });

  it('a machine that is left twice keeps what is to be tried again after', async () => {
    const world = makeWorld();
    const id = await receive(world, 1);
    await pollMachineActions(world.ports);
    await yieldMachine(world.ports, machineOf(1), { ...operator, minutes: 10 });
    await yieldMachine(world.ports, machineOf(1), { ...operator, minutes: 30 });
    await pollFor(world, 25);
    expect((await show(world, id)).status).toBe('planned');
    expect(world.sent).toHaveLength(1);
    await pollFor(world, 6);
    expect(world.sent).toHaveLength(2);
  });
});

describe('what a poll costs', () => {
  function counted(world: World) {
    const counts = { loads: 0, lists: 0 };
    const { collections } = world.ports;
    const ports: Ports = {
      ...world.ports,
      collections: {
        ...collections,
        load: (id) => {
          counts.loads += 1;
          return collections.load(id);
        },
        listOpen: (atMost) => {
          counts.lists += 1;
          return collections.listOpen(atMost);
        },
      },
    };
    return { ports, counts };
  }

  it('collections that could not be looked up for the quota, or wait for a later time, are not even loaded', async () => {
    const world = makeWorld();
    for (let number = 1; number <= 300; number += 1) await receive(world, number);
    const { ports, counts } = counted(world);
    const tired: Ports = {
      ...ports,
      explain: (fault) => ({ ...world.ports.explain(fault), code: 'QuotaUsedUp' }),
      defender: { ...ports.defender, getAlert: () => Promise.reject(new Error('used up')) },
    };
    await pollMachineActions(tired);
    expect(counts.loads).toBeLessThan(60);
    expect(counts.lists).toBe(1);
  });

  it('a look-up does not list everything that is open', async () => {
    const world = makeWorld();
    for (let number = 1; number <= 30; number += 1) await receive(world, number);
    const { ports, counts } = counted(world);
    await pollMachineActions(ports);
    expect(counts.lists).toBe(1);
  });

  it('thousands of actions of ended collections cost a sweep nothing', async () => {
    const world = makeWorld();
    const id = await receive(world, 1);
    await pollMachineActions(world.ports);
    const [action] = world.actions.values();
    if (action === undefined) throw new Error('nothing was started');
    for (let number = 0; number < 3_000; number += 1) {
      const comment = `Evidence Collector ${'a'.repeat(28)}${String(number).padStart(4, '0')}/0/1`;
      world.actions.set(`past-${number}`, { ...action, id: `past-${number}`, comment, status: 'Succeeded' });
    }
    world.passTime(11 * 60_000);
    const { ports, counts } = counted(world);
    await pollMachineActions(ports);
    expect(counts.loads).toBeLessThan(20);
    expect((await show(world, id)).status).toBe('running');
  });
});

describe('places for critical alerts', () => {
  it('nobody makes way for one that could not start anyway', async () => {
    const world = makeWorld({}, { startsPerMinute: 10, sessions: 1 });
    const low = await receive(world, 1, 'Low');
    await pollMachineActions(world.ports);
    await pollFor(world, 6);
    // The critical one is about the very machine that does not answer.
    await receive(world, 1, 'High', '/tmp/b');
    await pollFor(world, 5);
    expect(world.actions.get(actionOf(world, low))?.status).toBe('Pending');
  });

  it('when most of the hour is used up, ordinary alerts leave the rest of the look-ups to critical ones', async () => {
    const world = makeWorld();
    const low = await receive(world, 1, 'Low');
    const critical = await receive(world, 2, 'High');
    const scarce: Ports = { ...world.ports, lookUpRoom: async () => 'for critical ones' };
    await pollMachineActions(scarce);
    expect([(await show(world, critical)).status, (await show(world, low)).status]).toEqual(['running', 'received']);
    await pollMachineActions(world.ports);
    expect((await show(world, low)).status).toBe('running');
  });
});
