import { describe, expect, it } from 'vitest';
import type { Alert, Severity } from '../../../shared/domain/alert.ts';
import type { Collection } from '../../../shared/domain/collection.ts';
import { cancelCollection } from '../../../shared/pipeline/cancel-collection.ts';
import { pauseAll, resumeAll } from '../../../shared/pipeline/pause.ts';
import { pollMachineActions } from '../../../shared/pipeline/poll-machine-actions.ts';
import type { Ports } from '../../../shared/pipeline/ports.ts';
import { receiveAlert } from '../../../shared/pipeline/receive-alert.ts';
import { retryCollection } from '../../../shared/pipeline/retry-collection.ts';
import { takeTicket } from '../../../shared/pipeline/take-ticket.ts';
import { yieldMachine } from '../../../shared/pipeline/yield-machine.ts';
import { alert, machine } from '../../memory/samples.ts';
import { makeWorld, type World } from '../../memory/world.ts';

const MINUTE = 60_000;
const TRANSCRIPT = JSON.stringify({ script_name: 'x', exit_code: 0, script_output: 'done', script_errors: '' });
const machineOf = (number: number) => String(number).padStart(40, '0');
const file = (path: string) => ({ path, sha1: null, sha256: null, md5: null, sizeBytes: null });

/** Receives an alert on a machine of that number, about files of those paths. */
async function receive(
  world: World,
  number: number,
  changes: { readonly severity?: Severity; readonly paths?: readonly string[]; readonly alertId?: string } = {},
): Promise<string> {
  const alertId = changes.alertId ?? `da${number}_${world.alerts.size}`;
  const severity = changes.severity ?? 'Medium';
  const made: Alert = {
    ...alert,
    id: alertId,
    machineId: machineOf(number),
    severity,
    files: (changes.paths ?? ['/tmp/a']).map(file),
  };
  world.alerts.set(alertId, made);
  world.machines.set(machineOf(number), { ...machine, id: machineOf(number) });
  const { collection } = await receiveAlert(world.ports, { alertId, machineId: null, severity }, 'http');
  return collection.id;
}

async function show(world: World, id: string): Promise<Collection> {
  const loaded = await world.ports.collections.load(id);
  if (loaded === null) throw new Error(`There is no collection ${id}.`);
  return loaded.collection;
}

const poll = (world: World) => pollMachineActions(world.ports);

/** Polls every 15 s for so many minutes. */
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

async function events(world: World, id: string): Promise<readonly string[]> {
  const lines = await world.ports.collections.readCustody(id);
  return lines.map((line) => (JSON.parse(line) as { event: string }).event);
}

const succeed = (world: World, id: string) => {
  const action = actionOf(world, id);
  world.results.set(`${action}/0`, TRANSCRIPT).set(`${action}/1`, `the archive of ${id}`);
  world.endAction(action, 'Succeeded', [
    ['RunScript', 'Completed'],
    ['GetFile', 'Completed'],
  ]);
};

async function copyAll(world: World): Promise<void> {
  for (const ticket of [...world.tickets]) await takeTicket(world.ports, ticket, undefined);
}

describe('machines that do not answer', () => {
  it('I2: a live response that pends too long is cancelled, verified, held, and tried again on a slow schedule', async () => {
    const world = makeWorld({ pendingLimitMinutes: 20 });
    const id = await receive(world, 1);
    await poll(world);
    const cancels: string[] = [];
    const deaf: Ports = {
      ...world.ports,
      defender: {
        ...world.ports.defender,
        cancelAction: async (actionId) => {
          cancels.push(actionId);
          return { outcome: 'asked' };
        },
      },
    };
    await pollFor(world, 19, deaf);
    expect(cancels).toEqual([]);
    await pollFor(world, 3, deaf);
    expect(cancels.length).toBeGreaterThan(1);
    // Not before Defender shows it as cancelled is its place free, and is anything sent again.
    expect((await show(world, id)).status).toBe('running');
    expect(await world.ports.governor.listLeases()).toHaveLength(1);
    world.endAction(actionOf(world, id), 'Cancelled', [
      ['RunScript', 'Created'],
      ['GetFile', 'Created'],
    ]);
    await pollFor(world, 1, deaf);
    expect(await show(world, id)).toMatchObject({
      status: 'planned',
      silence: { times: 1 },
      reason: expect.stringMatching(/does not take live responses up/),
    });
    expect(await world.ports.governor.listLeases()).toEqual([]);
    await pollFor(world, 10, deaf);
    expect(world.sent).toHaveLength(1);
    await pollFor(world, 6, deaf);
    expect(world.sent.map((request) => request.comment)).toEqual([
      `Evidence Collector ${id}/0/1`,
      `Evidence Collector ${id}/0/2`,
    ]);
    expect((await world.ports.governor.listLeases()).map((lease) => lease.reach)).toEqual(['silent']);
  });

  it('is tried again as soon as another alert shows that the machine reports', async () => {
    const world = makeWorld();
    const id = await receive(world, 1);
    await poll(world);
    await pollFor(world, 21);
    await pollFor(world, 1);
    expect((await show(world, id)).status).toBe('planned');
    await receive(world, 1, { paths: ['/tmp/b'] });
    await pollFor(world, 1);
    expect(world.sent).toHaveLength(2);
    expect(await events(world, id)).toContain('machine reported');
  });

  it('does not hold the only place there is while a live machine waits, however severe its alert', async () => {
    const world = makeWorld({}, { startsPerMinute: 10, sessions: 1 });
    const away = await receive(world, 1, { severity: 'High' });
    await poll(world);
    const other = await receive(world, 2, { severity: 'Low' });
    await pollFor(world, 21);
    const live = await receive(world, 3, { severity: 'Low' });
    await pollFor(world, 23);
    expect((await show(world, away)).status).toBe('planned');
    expect(world.sent.map(({ comment }) => comment.split(/[ /]/).at(-3))).toEqual([away, other, live]);
  });

  it('one that begins while it is being cancelled is collected as what it ran', async () => {
    const world = makeWorld();
    const id = await receive(world, 1);
    await poll(world);
    const deaf: Ports = {
      ...world.ports,
      defender: { ...world.ports.defender, cancelAction: async () => ({ outcome: 'asked' }) },
    };
    await pollFor(world, 21, deaf);
    succeed(world, id);
    await pollFor(world, 1, deaf);
    await copyAll(world);
    expect((await show(world, id)).status).toBe('collected');
    expect(world.sent).toHaveLength(1);
  });

  it("a time-out in Defender's own queue, with nothing run, is tried again and is no failure", async () => {
    const world = makeWorld();
    const id = await receive(world, 1);
    await poll(world);
    world.endAction(actionOf(world, id), 'TimeOut', [
      ['RunScript', 'Created'],
      ['GetFile', 'Created'],
    ]);
    await pollFor(world, 1);
    expect(await show(world, id)).toMatchObject({ status: 'planned', silence: { times: 1 } });
  });

  it('a critical alert on a live machine is dispatched within two polls of the verified cancel, though every slot pends', async () => {
    const world = makeWorld({}, { startsPerMinute: 10, sessions: 3 });
    for (let number = 1; number <= 3; number += 1) await receive(world, number, { severity: 'Low' });
    await poll(world);
    await pollFor(world, 6);
    expect(world.sent).toHaveLength(3);
    const critical = await receive(world, 9, { severity: 'High' });
    await poll(world);
    world.passTime(15_000);
    await poll(world);
    world.passTime(15_000);
    await poll(world);
    expect(await show(world, critical)).toMatchObject({ status: 'running' });
    // One place was enough: the other two keep theirs.
    expect([...world.actions.values()].filter((action) => action.status === 'Cancelled')).toHaveLength(1);
  });

  it('lesser alerts take no place from others', async () => {
    const world = makeWorld({}, { startsPerMinute: 10, sessions: 1 });
    await receive(world, 1, { severity: 'Low' });
    await poll(world);
    await pollFor(world, 6);
    await receive(world, 2, { severity: 'Medium' });
    await pollFor(world, 3);
    expect(world.sent).toHaveLength(1);
  });
});

describe('calling off', () => {
  const order = { by: 'ada', reason: 'a false alarm' };

  it('before it was looked up, it ends at once and runs nothing', async () => {
    const world = makeWorld();
    const id = await receive(world, 1);
    expect((await cancelCollection(world.ports, id, order)).outcome).toBe('called off');
    await pollFor(world, 1);
    expect(await show(world, id)).toMatchObject({ status: 'cancelled', sealed: null });
    expect(world.sent).toEqual([]);
    expect(await world.ports.collections.listOpen()).toEqual([]);
  });

  it('while it runs, its action is cancelled and seen to end, and what was stored is sealed', async () => {
    const world = makeWorld();
    const id = await receive(world, 1);
    await poll(world);
    expect((await cancelCollection(world.ports, id, order)).outcome).toBe('called off');
    expect(world.actions.get(actionOf(world, id))?.status).toBe('Cancelled');
    expect((await show(world, id)).status).toBe('running');
    await pollFor(world, 1);
    const ended = await show(world, id);
    expect(ended).toMatchObject({ status: 'cancelled', sealed: { manifestSha256: expect.any(String) } });
    expect(ended.reason).toMatch(/Called off by ada: a false alarm/);
    expect((await world.ports.collections.readCustody(id)).join('\n')).toContain('"actor":"ada"');
    expect(await world.ports.governor.listLeases()).toEqual([]);
  });

  it('what completed before the cancel came is kept', async () => {
    const world = makeWorld();
    const id = await receive(world, 1);
    await poll(world);
    await cancelCollection(world.ports, id, order);
    const action = actionOf(world, id);
    world.results.set(`${action}/0`, TRANSCRIPT);
    world.endAction(action, 'Cancelled', [
      ['RunScript', 'Completed'],
      ['GetFile', 'Created'],
    ]);
    await pollFor(world, 1);
    await copyAll(world);
    const ended = await show(world, id);
    expect(ended.status).toBe('cancelled');
    expect(ended.results.map((result) => result.status)).toEqual(['stored', 'missing']);
  });

  it('I3: while its start is not answered, it is looked for and cancelled when it shows', async () => {
    const world = makeWorld();
    const id = await receive(world, 1);
    world.startAnswers.push({ outcome: 'unknown', reason: 'Defender answered 502.' });
    await poll(world);
    const starting = await show(world, id);
    if (starting.status !== 'starting') throw new Error('it is not starting');
    await cancelCollection(world.ports, id, order);
    await world.ports.defender.startLiveResponse({
      machineId: machineOf(1),
      comment: `Evidence Collector ${id}/0/1`,
      commands: starting.plan.sessions[0]?.commands ?? [],
    });
    await pollFor(world, 1);
    expect(world.actions.get(actionOf(world, id))?.status).toBe('Cancelled');
    await pollFor(world, 1);
    expect((await show(world, id)).status).toBe('cancelled');
  });

  it('a start that never shows ends as called off and is not sent again', async () => {
    const world = makeWorld();
    const id = await receive(world, 1);
    world.startAnswers.push({ outcome: 'unknown', reason: 'Defender answered 502.' });
    await poll(world);
    await cancelCollection(world.ports, id, order);
    await pollFor(world, 10);
    expect((await show(world, id)).status).toBe('cancelled');
    expect(world.sent).toEqual([]);
  });

  it('I8: what has ended stays as it is', async () => {
    const world = makeWorld();
    const id = await receive(world, 1);
    await poll(world);
    succeed(world, id);
    await pollFor(world, 1);
    await copyAll(world);
    expect(await cancelCollection(world.ports, id, order)).toMatchObject({ outcome: 'already ended' });
    expect((await show(world, id)).status).toBe('collected');
    expect(await cancelCollection(world.ports, 'f'.repeat(32), order)).toEqual({ outcome: 'no such collection' });
  });
});

describe('trying again', () => {
  it('opens a collection of its own that collects only what was missing', async () => {
    const world = makeWorld();
    const id = await receive(world, 1);
    await poll(world);
    const action = actionOf(world, id);
    world.results.set(`${action}/1`, 'the archive');
    world.endAction(action, 'Failed', [
      ['RunScript', 'Failed', 'It did not run.'],
      ['GetFile', 'Created'],
    ]);
    await pollFor(world, 1);
    await copyAll(world);
    await pollFor(world, 4);
    expect((await show(world, id)).status).toBe('failed');
    const retried = await retryCollection(world.ports, id, 'ada');
    if (retried.outcome !== 'opened') throw new Error(retried.outcome);
    expect(retried.collection).toMatchObject({ id: `${id}-r1`, retryOf: id });
    expect((await retryCollection(world.ports, id, 'ada')).outcome).toBe('is open');
    await pollFor(world, 1);
    succeed(world, `${id}-r1`);
    await pollFor(world, 1);
    await copyAll(world);
    expect((await show(world, `${id}-r1`)).status).toBe('collected');
    expect([...world.blobs.keys()].some((name) => name.startsWith(`${id}-r1/manifest`))).toBe(true);
    expect(await retryCollection(world.ports, id, 'ada')).toMatchObject({ outcome: 'refused' });
    expect((await show(world, id)).status).toBe('failed');
  });

  it('of a partial one runs no command whose result is stored, but what makes the missing one', async () => {
    const world = makeWorld();
    const id = await receive(world, 1);
    await poll(world);
    const action = actionOf(world, id);
    world.results.set(`${action}/0`, TRANSCRIPT);
    world.endAction(action, 'Failed', [
      ['RunScript', 'Completed'],
      ['GetFile', 'Failed', 'The file was locked.'],
    ]);
    await pollFor(world, 1);
    await copyAll(world);
    await pollFor(world, 1);
    expect((await show(world, id)).status).toBe('partial');
    await retryCollection(world.ports, id, 'ada');
    await pollFor(world, 1);
    expect(world.sent.at(-1)?.commands.map((command) => command.type)).toEqual(['RunScript', 'GetFile']);
    expect(JSON.stringify(world.sent.at(-1)?.commands)).toContain(`${id}-r1`);
  });

  it('what is collected, open or unknown is not tried again', async () => {
    const world = makeWorld();
    const id = await receive(world, 1);
    expect(await retryCollection(world.ports, id, 'ada')).toMatchObject({ outcome: 'refused' });
    expect(await retryCollection(world.ports, 'f'.repeat(32), 'ada')).toEqual({ outcome: 'no such collection' });
  });
});

describe('pause and yield', () => {
  it('nothing is started while everything is paused, and all goes on after', async () => {
    const world = makeWorld();
    const id = await receive(world, 1);
    await pauseAll(world.ports, { by: 'ada', reason: 'an incident', running: 'goes on' });
    await pollFor(world, 3);
    expect(world.sent).toEqual([]);
    expect((await show(world, id)).status).toBe('planned');
    await resumeAll(world.ports);
    await poll(world);
    expect(world.sent).toHaveLength(1);
  });

  it('the pause is read right before each start, after everything was granted', async () => {
    const world = makeWorld();
    await receive(world, 1);
    const late: Ports = {
      ...world.ports,
      governor: {
        ...world.ports.governor,
        grantStarts: async (wishes) => {
          const decisions = await world.ports.governor.grantStarts(wishes);
          await world.ports.control.pause({ at: '', by: 'ada', reason: 'now' });
          return decisions;
        },
      },
    };
    await pollMachineActions(late);
    expect(world.sent).toEqual([]);
    expect(await world.ports.governor.listLeases()).toEqual([]);
    await resumeAll(world.ports);
    await pollFor(world, 1);
    expect(world.sent).toHaveLength(1);
  });

  it('with what runs, it calls that off', async () => {
    const world = makeWorld();
    const id = await receive(world, 1);
    await poll(world);
    const paused = await pauseAll(world.ports, { by: 'ada', reason: null, running: 'is cancelled' });
    expect(paused.calledOff).toEqual([id]);
    await pollFor(world, 1);
    expect((await show(world, id)).status).toBe('cancelled');
  });

  it('a machine that is left to its responders gets nothing until then, and its pending live response is tried again after', async () => {
    const world = makeWorld();
    const id = await receive(world, 1);
    await poll(world);
    const yielded = await yieldMachine(world.ports, machineOf(1), { by: 'ada', reason: null, minutes: 30 });
    expect(yielded.cancelled).toEqual([id]);
    await pollFor(world, 1);
    const other = await receive(world, 1, { paths: ['/tmp/b'] });
    await pollFor(world, 27);
    expect(world.sent).toHaveLength(1);
    expect((await show(world, other)).reason).toMatch(/left to its responders until/);
    await pollFor(world, 3);
    expect(world.sent).toHaveLength(2);
  });
});

describe('turns', () => {
  it('a collection that waits for a later time holds nobody up, even if a crash left it the lane', async () => {
    const world = makeWorld();
    const first = await receive(world, 1);
    await world.ports.control.pause({ at: '', by: 'ada', reason: 'so that nothing is dispatched' });
    await poll(world);
    await world.ports.lanes.take(machineOf(1), { collectionId: first, session: 0, attempt: 1 }, '');
    const planned = await world.ports.collections.load(first);
    if (planned === null) throw new Error('There is no collection.');
    await world.ports.collections.save(planned, { ...planned.collection, notBefore: '2026-11-21T08:00:00.000Z' }, []);
    await resumeAll(world.ports);
    const second = await receive(world, 1, {
      severity: 'High',
      paths: Array.from({ length: 60 }, (_, n) => `/tmp/${n}`),
    });
    await pollFor(world, 1);
    expect((await show(world, second)).status).toBe('running');
  });
});

describe('many alerts on one machine', () => {
  it('500 alerts on 100 machines cost 100 collections, and every alert points to its evidence', async () => {
    const world = makeWorld({ mergeMinutes: 60 }, { startsPerMinute: 1_000, sessions: 1_000 });
    const ids: string[] = [];
    for (let number = 0; number < 500; number += 1) ids.push(await receive(world, number % 100));
    await pollFor(world, 2);
    expect(world.sent).toHaveLength(100);
    for (const action of [...world.actions.keys()]) {
      world.results.set(`${action}/0`, TRANSCRIPT).set(`${action}/1`, 'the archive');
      world.endAction(action, 'Succeeded', [
        ['RunScript', 'Completed'],
        ['GetFile', 'Completed'],
      ]);
    }
    await pollFor(world, 1);
    await copyAll(world);
    await pollFor(world, 1);
    expect(world.sent).toHaveLength(100);
    for (const id of ids) {
      const collection = await show(world, id);
      const target = collection.status === 'merged' ? await show(world, collection.mergedInto) : collection;
      expect(target.status).toBe('collected');
      expect(target.machineId).toBe(collection.machineId);
    }
  });

  it('while the first is not dispatched, files are united and the more severe alert counts', async () => {
    const world = makeWorld();
    const first = await receive(world, 1, { severity: 'Low', paths: ['/tmp/a'] });
    await world.ports.control.pause({ at: '', by: 'ada', reason: 'so that nothing is dispatched' });
    await poll(world);
    const second = await receive(world, 1, { severity: 'High', paths: ['/tmp/b', '/tmp/a'] });
    await pollFor(world, 1);
    expect(await show(world, second)).toMatchObject({ status: 'merged', mergedInto: first });
    expect(await show(world, first)).toMatchObject({ severity: 'High', united: [second] });
    await resumeAll(world.ports);
    await poll(world);
    const [command] = world.sent[0]?.commands ?? [];
    const request = JSON.parse(
      Buffer.from(command?.type === 'RunScript' ? command.args : '', 'base64url').toString(),
    ) as {
      files: { path: string }[];
    };
    expect(request.files.map(({ path }) => Buffer.from(path, 'base64url').toString())).toEqual(['/tmp/a', '/tmp/b']);
  });

  it.each([
    ['asks for a file that the first does not', { paths: ['/tmp/b'] }],
    ['is more severe', { severity: 'High' as const }],
  ])('once the first runs, one that %s waits its turn: a small alert must not hide it', async (_, changes) => {
    const world = makeWorld();
    const first = await receive(world, 1);
    await poll(world);
    const second = await receive(world, 1, changes);
    await pollFor(world, 1);
    expect(await show(world, second)).toMatchObject({ status: 'planned', reason: expect.stringContaining(first) });
    succeed(world, first);
    await pollFor(world, 1);
    expect(world.sent).toHaveLength(2);
  });

  it('after its end, one stands for the same alert for a while and no longer', async () => {
    const world = makeWorld({ mergeMinutes: 60 });
    const first = await receive(world, 1);
    await poll(world);
    succeed(world, first);
    await pollFor(world, 1);
    await copyAll(world);
    world.passTime(50 * MINUTE);
    const soon = await receive(world, 1);
    await poll(world);
    expect((await show(world, soon)).status).toBe('merged');
    world.passTime(15 * MINUTE);
    const later = await receive(world, 1);
    await poll(world);
    expect((await show(world, later)).status).toBe('running');
  });

  it('who was merged into one that failed can be tried again', async () => {
    const world = makeWorld();
    world.startAnswers.push({ outcome: 'refused', reason: 'Not on this system.' });
    const first = await receive(world, 1);
    await world.ports.control.pause({ at: '', by: 'ada', reason: 'so that nothing is dispatched' });
    await poll(world);
    const second = await receive(world, 1);
    await pollFor(world, 1);
    expect(await retryCollection(world.ports, second, 'ada')).toMatchObject({ outcome: 'refused' });
    await resumeAll(world.ports);
    await pollFor(world, 1);
    expect((await show(world, first)).status).toBe('failed');
    expect(await retryCollection(world.ports, second, 'ada')).toMatchObject({ outcome: 'opened' });
  });
});

describe('actions that nobody waits for', () => {
  async function loseStart(world: World): Promise<{ id: string; commands: World['sent'][number]['commands'] }> {
    const id = await receive(world, 1);
    world.startAnswers.push({ outcome: 'unknown', reason: 'Defender answered 502.' });
    await poll(world);
    const starting = await show(world, id);
    if (starting.status !== 'starting') throw new Error('it is not starting');
    return { id, commands: starting.plan.sessions[0]?.commands ?? [] };
  }

  it('I3: one of ours that shows after its start was taken as lost is adopted, and none is sent beside it', async () => {
    const world = makeWorld();
    const { id, commands } = await loseStart(world);
    await world.ports.control.pause({ at: '', by: 'ada', reason: 'so that it is not sent again at once' });
    await pollFor(world, 5);
    expect((await show(world, id)).status).toBe('planned');
    await world.ports.defender.startLiveResponse({
      machineId: machineOf(1),
      comment: `Evidence Collector ${id}/0/1`,
      commands,
    });
    await pollFor(world, 11);
    expect(await show(world, id)).toMatchObject({ status: 'running', actionId: actionOf(world, id) });
    expect(await world.ports.governor.listLeases()).toHaveLength(1);
    await resumeAll(world.ports);
    succeed(world, id);
    await pollFor(world, 1);
    await copyAll(world);
    expect((await show(world, id)).status).toBe('collected');
    expect(world.sent).toHaveLength(1);
    expect(await world.ports.governor.listLeases()).toEqual([]);
  });

  it('the results of one that had already ended when it showed are collected', async () => {
    const world = makeWorld();
    const { id, commands } = await loseStart(world);
    await world.ports.control.pause({ at: '', by: 'ada', reason: 'so that it is not sent again at once' });
    await pollFor(world, 5);
    await world.ports.defender.startLiveResponse({
      machineId: machineOf(1),
      comment: `Evidence Collector ${id}/0/1`,
      commands,
    });
    succeed(world, id);
    await pollFor(world, 11);
    await copyAll(world);
    await pollFor(world, 1);
    expect((await show(world, id)).status).toBe('collected');
    expect(world.sent).toHaveLength(1);
  });

  it('I3: one that bears our comment but other commands is not adopted, and the pretender is recorded', async () => {
    const world = makeWorld();
    const { id } = await loseStart(world);
    await world.ports.defender.startLiveResponse({
      machineId: machineOf(1),
      comment: `Evidence Collector ${id}/0/1`,
      commands: [{ type: 'RunScript', scriptName: 'somebody-elses.ps1', args: '' }],
    });
    await pollFor(world, 1);
    expect((await show(world, id)).status).toBe('starting');
    expect(await events(world, id)).toContain('pretender seen');
    expect(world.logs.some((line) => line.event === 'pretender' && line['what'] === 'commands')).toBe(true);
    expect([...world.actions.values()].every((action) => action.status === 'Pending')).toBe(true);
  });

  it('one of ours that a collection no longer wants is cancelled', async () => {
    const world = makeWorld();
    const { id, commands } = await loseStart(world);
    await cancelCollection(world.ports, id, { by: 'ada', reason: null });
    await pollFor(world, 5);
    expect((await show(world, id)).status).toBe('cancelled');
    await world.ports.defender.startLiveResponse({
      machineId: machineOf(1),
      comment: `Evidence Collector ${id}/0/1`,
      commands,
    });
    await pollFor(world, 11);
    expect(world.actions.get(actionOf(world, id))?.status).toBe('Cancelled');
  });

  it("somebody else's is left alone", async () => {
    const world = makeWorld();
    await world.ports.defender.startLiveResponse({ machineId: machineOf(1), comment: 'an analyst', commands: [] });
    await pollFor(world, 21);
    expect([...world.actions.values()].map((action) => action.status)).toEqual(['Pending']);
  });
});

describe('rows that cannot be read', () => {
  it('I10: such a collection is set aside, seen in the log, and asked for no more', async () => {
    const world = makeWorld();
    const bad = await receive(world, 1);
    const good = await receive(world, 2);
    let loads = 0;
    const ports: Ports = {
      ...world.ports,
      explain: (fault) => ({ ...world.ports.explain(fault), code: 'unreadable-row' }),
      collections: {
        ...world.ports.collections,
        load: async (id) => {
          if (id !== bad) return world.ports.collections.load(id);
          loads += 1;
          throw new Error('unreadable');
        },
      },
    };
    await pollMachineActions(ports);
    await pollFor(world, 2, ports);
    expect(loads).toBe(1);
    expect(world.logs.filter((line) => line.event === 'set aside')).toHaveLength(1);
    expect((await show(world, good)).status).toBe('running');
  });
});
