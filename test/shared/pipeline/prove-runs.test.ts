import { describe, expect, it } from 'vitest';
import { pollMachineActions } from '../../../shared/pipeline/poll-machine-actions.ts';
import type { Ports } from '../../../shared/pipeline/ports.ts';
import { receiveAlert } from '../../../shared/pipeline/receive-alert.ts';
import { takeTicket } from '../../../shared/pipeline/take-ticket.ts';
import { ALERT_ID, alert, MACHINE_ID, machine } from '../../memory/samples.ts';
import { makeWorld, SCRIPT_SHA256, type World } from '../../memory/world.ts';

const NAME = 'evidence-triage.sh';

async function show(world: World, id: string) {
  const loaded = await world.ports.collections.load(id);
  if (loaded === null) throw new Error('no such collection');
  return loaded.collection;
}

/** One collection whose live response pends. */
async function start(world: World): Promise<string> {
  const { collection } = await receiveAlert(
    world.ports,
    { alertId: ALERT_ID, machineId: MACHINE_ID, severity: null },
    'http',
  );
  await pollMachineActions(world.ports);
  expect((await show(world, collection.id)).status).toBe('running');
  return collection.id;
}

/** Puts a file of the script's name into the library, as somebody else would. */
function swap(world: World, changes: { readonly sha256?: string; readonly at: string }): void {
  world.library.splice(0, world.library.length, {
    fileName: NAME,
    sha256: changes.sha256 ?? 'e'.repeat(64),
    createdBy: 'mallory',
    lastUpdatedAt: changes.at,
  });
}

async function finish(world: World, ports: Ports = world.ports, output = 'done'): Promise<void> {
  for (const [id, action] of world.actions) {
    if (action.status !== 'Pending' && action.status !== 'InProgress') continue;
    world.results.set(`${id}/0`, JSON.stringify({ exit_code: 0, script_output: output })).set(`${id}/1`, 'the archive');
    world.endAction(id, 'Succeeded', [
      ['RunScript', 'Completed'],
      ['GetFile', 'Completed'],
    ]);
  }
  world.passTime(15_000);
  await pollMachineActions(ports);
}

async function copy(world: World, ports: Ports = world.ports): Promise<void> {
  for (const name of [...world.tickets]) await takeTicket(ports, name, undefined);
}

/** What the package says of each item's script. */
function readVerdicts(world: World, id: string): readonly unknown[] {
  const { results } = JSON.parse(world.blobs.get(`${id}/collection.json`) ?? '') as {
    results: { script: { verdict: string } }[];
  };
  return results.map(({ script }) => script.verdict);
}

/** The same ports, whose library cannot be listed while `isAway` says so. */
function breakLibrary(world: World, isAway: () => boolean) {
  const counted = { calls: 0 };
  const listLibrary = async () => {
    counted.calls += 1;
    if (isAway()) throw new Error('The library is away.');
    return world.ports.defender.listLibrary();
  };
  const ports: Ports = { ...world.ports, defender: { ...world.ports.defender, listLibrary } };
  return { ports, counted };
}

describe('a script that stays as it was', () => {
  it('is proven for its transcript and its archive, in the package and in the custody log', async () => {
    const world = makeWorld();
    const id = await start(world);
    await finish(world);
    await copy(world);
    expect(await show(world, id)).toMatchObject({ status: 'collected', reason: null });
    expect(readVerdicts(world, id)).toEqual(['proven', 'proven']);
    const custody = (await world.ports.collections.readCustody(id)).join('\n');
    expect(custody).toContain(`${NAME} ${SCRIPT_SHA256} in the library since 2026-11-20T08:00:00Z`);
    expect(custody).toContain('"event":"script proven"');
  });
});

describe('a script that is swapped while its live response pends', () => {
  it('is cancelled, held with who did it and when, and run once the library is right again', async () => {
    const world = makeWorld();
    const id = await start(world);
    swap(world, { at: '2026-11-20T08:00:30Z' });
    world.passTime(61_000);
    await pollMachineActions(world.ports);
    expect([...world.actions.values()].map(({ status }) => status)).toEqual(['Cancelled']);
    world.passTime(15_000);
    await pollMachineActions(world.ports);
    const held = await show(world, id);
    expect(held).toMatchObject({ status: 'planned', silence: null });
    expect(held.reason).toContain('not the reviewed script (put there by mallory on 2026-11-20T08:00:30Z)');
    expect(world.sent).toHaveLength(1);

    swap(world, { sha256: SCRIPT_SHA256, at: '2026-11-20T08:30:00Z' });
    world.passTime(10 * 60_000);
    await pollMachineActions(world.ports);
    expect(world.sent).toHaveLength(2);
    await finish(world);
    await copy(world);
    expect(await show(world, id)).toMatchObject({ status: 'collected', reason: null });
    expect(readVerdicts(world, id)).toEqual(['proven', 'proven']);
    expect((await world.ports.collections.readCustody(id)).join('\n')).toContain('"why":"script swapped"');
  });

  it('one that is deleted is put back and run', async () => {
    const world = makeWorld();
    await start(world);
    world.library.length = 0;
    world.passTime(61_000);
    await pollMachineActions(world.ports);
    world.passTime(15_000);
    await pollMachineActions(world.ports);
    expect(world.library).toMatchObject([{ fileName: NAME, sha256: SCRIPT_SHA256 }]);
    expect(world.sent).toHaveLength(2);
  });

  it('only those that pend are cancelled: what a machine has taken up goes on, and is marked', async () => {
    const world = makeWorld();
    const id = await start(world);
    const [action] = world.actions.values();
    if (action === undefined) throw new Error('nothing was started');
    world.actions.set(action.id, { ...action, status: 'InProgress' });
    world.passTime(61_000);
    await pollMachineActions(world.ports);
    swap(world, { at: '2026-11-20T08:01:30Z' });
    world.passTime(61_000);
    await pollMachineActions(world.ports);
    expect(await show(world, id)).toMatchObject({ status: 'running', cancel: null });
    world.passTime(60_000);
    await finish(world);
    await copy(world);
    expect(world.sent).toHaveLength(1);
    expect(readVerdicts(world, id)).toEqual(['unproven', 'unproven']);
  });
});

describe('a script that is swapped later', () => {
  it.each([
    ['and stays so', { at: '2026-11-20T08:00:10Z' }, /not the reviewed script any more \(put there by mallory/],
    [
      'and is swapped back',
      { sha256: SCRIPT_SHA256, at: '2026-11-20T08:00:10Z' },
      /was changed since and is the reviewed/,
    ],
  ])('%s: what it left is kept and marked', async (_, changes, why) => {
    const world = makeWorld();
    const id = await start(world);
    swap(world, changes);
    await finish(world);
    await copy(world);
    const ended = await show(world, id);
    expect(ended.status).toBe('collected');
    expect(ended.reason).toMatch(/^2 of 2 stored results are script unproven: After the run, /);
    expect(ended.reason).toMatch(why);
    expect(readVerdicts(world, id)).toEqual(['unproven', 'unproven']);
    expect(world.blobs.get(`${id}/report.html`)).toContain('<span class="tag bad">script unproven</span>');
    expect((await world.ports.collections.readCustody(id)).join('\n')).toContain('"event":"script unproven"');
  });

  it('what happens to the library after that is no matter', async () => {
    const world = makeWorld();
    const id = await start(world);
    await finish(world);
    swap(world, { at: '2026-11-20T08:02:00Z' });
    await copy(world);
    expect(readVerdicts(world, id)).toEqual(['proven', 'proven']);
  });
});

describe('a script that says which it is', () => {
  it.each([
    [SCRIPT_SHA256, 'proven', /the script says the same of itself/],
    ['e'.repeat(64), 'unproven', /The script says of itself that its SHA-256 is e{64}/],
  ])('%s: %s, whatever the library showed', async (sha256, verdict, told) => {
    const world = makeWorld();
    const id = await start(world);
    const answer = Buffer.from(JSON.stringify({ v: 1, ok: true, script: { sha256 } })).toString('base64url');
    const output = `-----BEGIN EVIDENCE ANSWER-----\n${answer}\n-----END EVIDENCE ANSWER-----`;
    await finish(world, world.ports, output);
    await copy(world);
    expect((await show(world, id)).status).toBe('collected');
    expect(readVerdicts(world, id)).toEqual([verdict, verdict]);
    expect(world.blobs.get(`${id}/collection.json`)).toMatch(told);
  });
});

describe('a library that cannot be listed after the run', () => {
  it('is listed before the package is sealed', async () => {
    const world = makeWorld();
    const id = await start(world);
    let away = true;
    const { ports } = breakLibrary(world, () => away);
    await finish(world, ports);
    expect(await show(world, id)).toMatchObject({ status: 'copying', notBefore: expect.any(String) });
    await copy(world, ports);
    expect(await show(world, id)).toMatchObject({ status: 'sealing', reason: 'The library is away.' });
    away = false;
    world.passTime(60_000);
    await pollMachineActions(ports);
    expect(await show(world, id)).toMatchObject({ status: 'collected', reason: null });
    expect(readVerdicts(world, id)).toEqual(['proven', 'proven']);
  });

  it('holds no package back for ever: its items are marked', async () => {
    const world = makeWorld();
    const id = await start(world);
    const { ports } = breakLibrary(world, () => true);
    await finish(world, ports);
    await copy(world, ports);
    for (let polls = 0; polls < 12; polls += 1) {
      world.passTime(6 * 60_000);
      await pollMachineActions(ports);
    }
    expect(await show(world, id)).toMatchObject({
      status: 'collected',
      reason: expect.stringContaining('could not be listed'),
    });
    expect(readVerdicts(world, id)).toEqual(['unproven', 'unproven']);
  });
});

describe('an action that the list of actions does not show', () => {
  it('is proven by what the library holds after its end was asked for', async () => {
    const world = makeWorld();
    const id = await start(world);
    const { ports } = breakLibrary(world, () => false);
    const hidden: Ports = {
      ...ports,
      defender: {
        ...ports.defender,
        listActions: async () => [],
        // Between the poll's list of the library and this answer somebody swaps the script.
        getAction: async (actionId) => {
          swap(world, { at: '2026-11-20T08:03:00Z' });
          world.endAction(actionId, 'Succeeded', [
            ['RunScript', 'Completed'],
            ['GetFile', 'Completed'],
          ]);
          return ports.defender.getAction(actionId);
        },
      },
    };
    world.passTime(10 * 60_000);
    await pollMachineActions(hidden);
    const { status, scriptProofs } = await show(world, id);
    expect({ status, scriptProofs }).toMatchObject({ status: 'copying', scriptProofs: [{ verdict: 'unproven' }] });
  });
});

describe('what proving costs', () => {
  async function startMany(world: World): Promise<void> {
    for (let number = 1; number <= 5; number += 1) {
      const machineId = String(number).padStart(40, '0');
      const alertId = `da${number}_${number}`;
      world.machines.set(machineId, { ...machine, id: machineId });
      world.alerts.set(alertId, { ...alert, id: alertId, machineId });
      await receiveAlert(world.ports, { alertId, machineId, severity: null }, 'http');
    }
    await pollMachineActions(world.ports);
    expect(world.sent).toHaveLength(5);
  }

  it('while live responses pend, one list call a minute for all of them', async () => {
    const world = makeWorld();
    await startMany(world);
    const { ports, counted } = breakLibrary(world, () => false);
    for (let polls = 0; polls < 20; polls += 1) {
      world.passTime(15_000);
      await pollMachineActions(ports);
    }
    expect(counted.calls).toBe(5);
  });

  it('one list call for all live responses that ended by the same poll', async () => {
    const world = makeWorld();
    await startMany(world);
    const { ports, counted } = breakLibrary(world, () => false);
    await finish(world, ports);
    expect((await ports.collections.listOpen()).map(({ status }) => status)).toEqual(Array(5).fill('copying'));
    expect(counted.calls).toBe(1);
  });
});
