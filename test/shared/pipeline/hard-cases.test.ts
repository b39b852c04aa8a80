import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../shared/domain/alert.ts';
import { goOn } from '../../../shared/pipeline/go-on.ts';
import { pollMachineActions } from '../../../shared/pipeline/poll-machine-actions.ts';
import type { Ports } from '../../../shared/pipeline/ports.ts';
import { receiveAlert } from '../../../shared/pipeline/receive-alert.ts';
import { takeTicket } from '../../../shared/pipeline/take-ticket.ts';
import { ALERT_ID, alert, MACHINE_ID } from '../../memory/samples.ts';
import { makeWorld, sha256Of, type World } from '../../memory/world.ts';

const TRANSCRIPT = JSON.stringify({
  script_name: 'evidence-triage.sh',
  exit_code: 0,
  script_output: 'done',
  script_errors: '',
});

/** Another alert on the same machine, about a file of its own, so that it is not merged into the first. */
const another: Alert = {
  ...alert,
  id: 'da2_2',
  files: [{ path: '/opt/another', sha1: null, sha256: 'e'.repeat(64), md5: null, sizeBytes: null }],
};

async function receive(world: World, alertId = ALERT_ID) {
  const { collection } = await receiveAlert(world.ports, { alertId, machineId: MACHINE_ID, severity: null }, 'http');
  return collection.id;
}

async function show(world: World, id: string) {
  const loaded = await world.ports.collections.load(id);
  if (loaded === null) throw new Error('no such collection');
  return loaded.collection;
}

function firstAction(world: World): string {
  const [id] = world.actions.keys();
  if (id === undefined) throw new Error('nothing was started');
  return id;
}

/** The same world with one call of Defender played otherwise. */
function withDefender(world: World, changes: Partial<Ports['defender']>): Ports {
  return { ...world.ports, defender: { ...world.ports.defender, ...changes } };
}

describe('instances that were held up', () => {
  it('I3: an instance that planned an attempt which another has used up sends nothing', async () => {
    const world = makeWorld();
    const id = await receive(world);
    const reached = Promise.withResolvers<void>();
    const open = Promise.withResolvers<void>();
    let calls = 0;
    const slow = withDefender(world, {
      listLibrary: async () => {
        calls += 1;
        if (calls === 1) {
          reached.resolve();
          await open.promise;
        }
        return world.ports.defender.listLibrary();
      },
    });
    const held = goOn(slow, id);
    await reached.promise;
    world.startAnswers.push({ outcome: 'busy', reason: 'Another live response runs on the machine.' });
    await goOn(world.ports, id);
    open.resolve();
    await held;
    expect(world.sent).toHaveLength(0);
    for (let polls = 0; polls < 16; polls += 1) {
      world.passTime(15_000);
      await pollMachineActions(world.ports);
    }
    expect(world.sent.map((request) => request.comment)).toEqual([`Evidence Collector ${id}/0/2`]);
    expect(await world.ports.governor.listLeases()).toHaveLength(1);
  });

  it('I3: an instance that was frozen between intent and sending does not send that attempt', async () => {
    const world = makeWorld();
    const id = await receive(world);
    const frozen: Ports = {
      ...world.ports,
      log: (line) => {
        if (
          line.event === 'transition' &&
          line['to'] === 'starting' &&
          world.logs.every((past) => past['to'] !== 'starting')
        )
          world.passTime(60_000);
        world.ports.log(line);
      },
    };
    await goOn(frozen, id);
    expect(world.sent.map((request) => request.comment)).toEqual([`Evidence Collector ${id}/0/2`]);
    expect((await world.ports.collections.readCustody(id)).join()).toContain('It was not sent in time.');
  });
});

describe('answers of Defender that are less than they should be', () => {
  it('I3: an accepted start without its comment is ours all the same', async () => {
    const world = makeWorld();
    const id = await receive(world);
    const mute = withDefender(world, {
      startLiveResponse: async (request) => {
        const answer = await world.ports.defender.startLiveResponse(request);
        return answer.outcome === 'started' ? { ...answer, action: { ...answer.action, comment: '' } } : answer;
      },
    });
    await goOn(mute, id);
    expect(await show(world, id)).toMatchObject({ status: 'running', actionId: firstAction(world) });
  });

  it("I3: an accepted start that bears another's comment is not taken up", async () => {
    const world = makeWorld();
    const id = await receive(world);
    const foreign = withDefender(world, {
      startLiveResponse: async (request) => {
        const answer = await world.ports.defender.startLiveResponse(request);
        return answer.outcome === 'started'
          ? { ...answer, action: { ...answer.action, comment: 'an analyst' } }
          : answer;
      },
    });
    await goOn(foreign, id);
    expect((await show(world, id)).status).toBe('starting');
  });

  it.each([
    { answer: 'started', status: 'running' },
    { answer: 'busy', status: 'planned' },
  ] as const)(
    'a start that Defender answers with $answer is $status, though the quota that the answer is noted in is away',
    async ({ answer, status }) => {
      const world = makeWorld();
      const id = await receive(world);
      const asked = withDefender(world, {
        startLiveResponse: (request) =>
          answer === 'started'
            ? world.ports.defender.startLiveResponse(request)
            : Promise.resolve({ outcome: 'busy', reason: 'Somebody else is on the machine.' }),
      });
      const noteAnswer = () => Promise.reject(new Error('read ECONNRESET'));
      await goOn({ ...asked, governor: { ...asked.governor, noteAnswer } }, id);
      expect((await show(world, id)).status).toBe(status);
      expect(world.logs).toContainEqual(expect.objectContaining({ event: 'fault', at: 'note answer' }));
    },
  );

  it('I3: a start that could not be confirmed was not sent, and is not looked for', async () => {
    const world = makeWorld();
    const id = await receive(world);
    const confirmStart = () => Promise.reject(new Error('read ECONNRESET'));
    await goOn({ ...world.ports, governor: { ...world.ports.governor, confirmStart } }, id);
    expect(world.actions.size).toBe(0);
    expect((await show(world, id)).status).toBe('planned');
    expect(await world.ports.governor.listLeases()).toEqual([]);
    expect(world.logs).toContainEqual(expect.objectContaining({ event: 'fault', at: 'confirm start' }));
  });

  it('I3: a start that vanishes each time is sent three times and then given up', async () => {
    const world = makeWorld();
    const id = await receive(world);
    let sent = 0;
    const blind = withDefender(world, {
      startLiveResponse: async () => {
        sent += 1;
        return { outcome: 'unknown', reason: 'Defender answered 502.' };
      },
      listActions: async () => [],
    });
    for (let polls = 0; polls < 240; polls += 1) {
      await pollMachineActions(blind);
      world.passTime(15_000);
    }
    expect(sent).toBe(3);
    expect(await show(world, id)).toMatchObject({ status: 'failed', reason: expect.stringMatching(/^Sent 3 times/) });
  });

  it('an action that succeeded without naming its commands has its results asked for', async () => {
    const world = makeWorld();
    const id = await receive(world);
    await pollMachineActions(world.ports);
    const action = firstAction(world);
    world.results.set(`${action}/0`, TRANSCRIPT).set(`${action}/1`, 'the archive');
    world.endAction(action, 'Succeeded', []);
    await pollMachineActions(world.ports);
    for (const name of [...world.tickets]) await takeTicket(world.ports, name, undefined);
    expect(await show(world, id)).toMatchObject({ status: 'collected' });
  });

  it('an action that one read does not find is asked for again before it is taken as gone', async () => {
    const world = makeWorld();
    const id = await receive(world);
    await pollMachineActions(world.ports);
    const action = world.actions.get(firstAction(world));
    if (action === undefined) throw new Error('nothing was started');
    world.passTime(200_000);
    world.actions.clear();
    await pollMachineActions(world.ports);
    expect((await show(world, id)).status).toBe('running');
    world.actions.set(action.id, action);
    world.passTime(60_000);
    await pollMachineActions(world.ports);
    expect((await show(world, id)).status).toBe('running');
    world.actions.clear();
    for (let polls = 0; polls < 10; polls += 1) {
      world.passTime(15_000);
      await pollMachineActions(world.ports);
    }
    expect(await show(world, id)).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/no longer knows the machine action/),
    });
  });

  it('a reason that ends in half a character does not jam the collection', async () => {
    const world = makeWorld();
    world.startAnswers.push({ outcome: 'refused', reason: 'No live response on \uD83D' });
    const id = await receive(world);
    await pollMachineActions(world.ports);
    expect((await show(world, id)).status).toBe('failed');
  });

  it('the custody log quotes no command that is not of our plan', async () => {
    const world = makeWorld();
    const id = await receive(world);
    await pollMachineActions(world.ports);
    const many = Array.from({ length: 1500 }, () => ['x'.repeat(30), 'Completed'] as const);
    world.endAction(firstAction(world), 'Succeeded', many);
    await pollMachineActions(world.ports);
    const longest = Math.max(...(await world.ports.collections.readCustody(id)).map((line) => line.length));
    expect(longest).toBeLessThan(2_000);
  });
});

describe('one fault stops nothing else', () => {
  it('I10: a row that cannot be read delays no other collection', async () => {
    const world = makeWorld();
    const bad = await receive(world);
    world.alerts.set('da2_2', another);
    const good = await receive(world, 'da2_2');
    const ports: Ports = {
      ...world.ports,
      collections: {
        ...world.ports.collections,
        load: async (id) =>
          id === bad ? Promise.reject(new SyntaxError('bad row')) : world.ports.collections.load(id),
      },
    };
    await pollMachineActions(ports);
    expect((await show(world, good)).status).toBe('running');
  });

  it('I10: a copy that hangs keeps no other collection from going on', async () => {
    const world = makeWorld();
    const slow = await receive(world);
    await pollMachineActions(world.ports);
    world.results.set(`${firstAction(world)}/0`, TRANSCRIPT);
    world.endAction(firstAction(world), 'Succeeded', [
      ['RunScript', 'Completed'],
      ['GetFile', 'Completed'],
    ]);
    await pollMachineActions(world.ports);
    expect((await show(world, slow)).status).toBe('copying');
    world.passTime(200_000);
    world.alerts.set('da2_2', another);
    const other = await receive(world, 'da2_2');
    const hanging: Ports = {
      ...world.ports,
      evidence: { ...world.ports.evidence, copyResult: () => new Promise(() => undefined) },
    };
    void pollMachineActions(hanging);
    await expect.poll(async () => (await show(world, other)).status).toBe('running');
  });

  it('a lane whose giving up was cut short is free once its holder copies', async () => {
    const world = makeWorld();
    await receive(world);
    await pollMachineActions(world.ports);
    world.endAction(firstAction(world), 'Succeeded', [
      ['RunScript', 'Completed'],
      ['GetFile', 'Completed'],
    ]);
    const cut: Ports = {
      ...world.ports,
      lanes: { ...world.ports.lanes, leave: () => Promise.reject(new Error('cut')) },
    };
    await pollMachineActions(cut);
    expect(world.tickets.size).toBe(2);
    world.alerts.set('da2_2', another);
    const next = await receive(world, 'da2_2');
    world.passTime(30_000);
    await pollMachineActions(world.ports);
    expect((await show(world, next)).status).toBe('running');
  });
});

describe('the package is what is stored', () => {
  it('I6: a result that was given up but lies in storage is in the manifest', async () => {
    const world = makeWorld({ deadlineHours: 1 });
    const id = await receive(world);
    await pollMachineActions(world.ports);
    const action = firstAction(world);
    world.results.set(`${action}/0`, TRANSCRIPT);
    world.endAction(action, 'Succeeded', [
      ['RunScript', 'Completed'],
      ['GetFile', 'Completed'],
    ]);
    await pollMachineActions(world.ports);
    world.blobs.set(`${id}/data/0-1-getfile/content`, 'committed, but its row was never written');
    world.passTime(2 * 3_600_000);
    await pollMachineActions(world.ports);
    world.passTime(15_000);
    await pollMachineActions(world.ports);
    const manifest = world.blobs.get(`${id}/manifest-sha256.txt`) ?? '';
    expect(manifest).toContain(`${sha256Of('committed, but its row was never written')}  data/0-1-getfile/content\n`);
  });

  it('I6: a copy that ends after the seal is not committed', async () => {
    const world = makeWorld({ deadlineHours: 1 });
    const id = await receive(world);
    await pollMachineActions(world.ports);
    const action = firstAction(world);
    world.endAction(action, 'Succeeded', [
      ['RunScript', 'Completed'],
      ['GetFile', 'Completed'],
    ]);
    await pollMachineActions(world.ports);
    const late = withDefender(world, {
      getResultLink: async (actionId, index) => {
        world.passTime(2 * 3_600_000);
        await pollMachineActions(world.ports);
        await pollMachineActions(world.ports);
        world.results.set(`${actionId}/${index}`, 'too late');
        return world.ports.defender.getResultLink(actionId, index);
      },
    });
    const [ticket = ''] = world.tickets;
    await expect(takeTicket(late, ticket, undefined)).rejects.toThrow(/Nobody waits/);
    expect((await show(world, id)).status).toBe('failed');
    expect([...world.blobs.values()]).not.toContain('too late');
  });

  it('I1: a package that cannot be sealed ends an hour after the deadline', async () => {
    const world = makeWorld({ deadlineHours: 1 });
    const id = await receive(world);
    world.startAnswers.push({ outcome: 'refused', reason: 'No.' });
    const broken: Ports = {
      ...world.ports,
      evidence: {
        ...world.ports.evidence,
        putText: async (collectionId, path, text) =>
          path.startsWith('data/')
            ? world.ports.evidence.putText(collectionId, path, text)
            : Promise.reject(new Error('The storage refused.')),
      },
    };
    await pollMachineActions(broken);
    world.passTime(119 * 60_000);
    await pollMachineActions(broken);
    expect((await show(world, id)).status).toBe('sealing');
    world.passTime(2 * 60_000);
    await pollMachineActions(broken);
    expect(await show(world, id)).toMatchObject({
      status: 'failed',
      sealed: null,
      reason: expect.stringMatching(/deadline.*The storage refused/),
    });
    expect(await world.ports.collections.listOpen()).toEqual([]);
  });
});

describe('what others do at the same time', () => {
  it("I3: a lost action is told from others' on the same machine by its comment", async () => {
    const world = makeWorld();
    world.startAnswers.push({ outcome: 'unknown', reason: 'Defender answered 502.' });
    const id = await receive(world);
    await pollMachineActions(world.ports);
    await world.ports.defender.startLiveResponse({ machineId: MACHINE_ID, comment: 'an analyst', commands: [] });
    const starting = await show(world, id);
    if (starting.status !== 'starting') throw new Error('it is not starting');
    await world.ports.defender.startLiveResponse({
      machineId: MACHINE_ID,
      comment: `Evidence Collector ${id}/0/1`,
      commands: starting.plan.sessions[0]?.commands ?? [],
    });
    const [, ours] = world.actions.keys();
    world.passTime(15_000);
    await pollMachineActions(world.ports);
    expect(await show(world, id)).toMatchObject({ status: 'running', actionId: ours });
  });

  it('I11: what a 429 told one collection holds for all of them', async () => {
    const world = makeWorld();
    world.alerts.set('da2_2', { ...alert, id: 'da2_2', machineId: 'f'.repeat(40) });
    const [known] = world.machines.values();
    if (known === undefined) throw new Error('no machine');
    world.machines.set('f'.repeat(40), { ...known, id: 'f'.repeat(40) });
    world.startAnswers.push({
      outcome: 'throttled',
      afterMs: 300_000,
      reason: 'Defender takes no more calls for 300 s.',
    });
    await receive(world);
    await pollMachineActions(world.ports);
    await receiveAlert(world.ports, { alertId: 'da2_2', machineId: null, severity: null }, 'http');
    world.passTime(200_000);
    await pollMachineActions(world.ports);
    expect(world.sent).toHaveLength(0);
    world.passTime(110_000);
    await pollMachineActions(world.ports);
    expect(world.sent).toHaveLength(2);
  });
});

describe('a seal that is repeated', () => {
  it('I6: packs the custody log to the entry that seals, whatever came after it', async () => {
    const world = makeWorld();
    world.startAnswers.push({ outcome: 'refused', reason: 'No.' });
    const id = await receive(world);
    let refusals = 1;
    const flaky: Ports = {
      ...world.ports,
      evidence: {
        ...world.ports.evidence,
        putText: async (collectionId, path, text) => {
          if (path === 'custody.jsonl' && refusals > 0) {
            refusals -= 1;
            throw new Error('The storage refused.');
          }
          return world.ports.evidence.putText(collectionId, path, text);
        },
      },
    };
    await pollMachineActions(flaky);
    expect((await show(world, id)).status).toBe('sealing');
    world.passTime(60_000);
    await pollMachineActions(flaky);
    expect((await show(world, id)).status).toBe('failed');
    const packed = (world.blobs.get(`${id}/custody.jsonl`) ?? '').trimEnd().split('\n');
    const events = (lines: readonly string[]) => lines.map((line) => (JSON.parse(line) as { event: string }).event);
    expect(events(packed).at(-1)).toBe('sealing');
    expect(events(await world.ports.collections.readCustody(id)).slice(packed.length)).toEqual(['put off', 'ended']);
  });
});

describe('at the deadline', () => {
  it('I1: an action that never ends, though it was cancelled, is given up half an hour later', async () => {
    const world = makeWorld({ deadlineHours: 1 });
    const id = await receive(world);
    const deaf = withDefender(world, { cancelAction: async () => ({ outcome: 'asked' }) });
    await pollMachineActions(deaf);
    world.passTime(3_600_000);
    await pollMachineActions(deaf);
    expect((await show(world, id)).status).toBe('running');
    world.passTime(30 * 60_000);
    await pollMachineActions(deaf);
    expect(await show(world, id)).toMatchObject({ status: 'failed', reason: expect.stringMatching(/deadline/) });
  });
});

describe('leases', () => {
  it('I2: one that a crash left behind is given back after three minutes, one in use is not', async () => {
    const world = makeWorld();
    await receive(world);
    await pollMachineActions(world.ports);
    const name = { collectionId: 'e'.repeat(32), session: 0, attempt: 1 };
    await world.ports.governor.grantStarts([{ name, reach: 'unknown' }]);
    world.passTime(170_000);
    await pollMachineActions(world.ports);
    expect(await world.ports.governor.listLeases()).toHaveLength(2);
    world.passTime(30_000);
    await pollMachineActions(world.ports);
    expect(await world.ports.governor.listLeases()).toHaveLength(1);
  });
});
