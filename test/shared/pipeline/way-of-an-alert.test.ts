import { describe, expect, it } from 'vitest';
import { checkCustody } from '../../../shared/domain/custody.ts';
import { pollMachineActions } from '../../../shared/pipeline/poll-machine-actions.ts';
import { receiveAlert } from '../../../shared/pipeline/receive-alert.ts';
import { takeTicket } from '../../../shared/pipeline/take-ticket.ts';
import { ALERT_ID, alert, MACHINE_ID } from '../../memory/samples.ts';
import { makeWorld, SCRIPT_SHA256, sha256Of, type World } from '../../memory/world.ts';

const TRANSCRIPT = JSON.stringify({
  script_name: 'evidence-triage.sh',
  exit_code: 0,
  script_output: 'done',
  script_errors: '',
});

async function receive(world: World, alertId = ALERT_ID, machineId: string | null = MACHINE_ID) {
  return receiveAlert(world.ports, { alertId, machineId, severity: null }, 'http');
}

async function show(world: World, id: string) {
  const loaded = await world.ports.collections.load(id);
  if (loaded === null) throw new Error('no such collection');
  return loaded.collection;
}

/** Lets every ticket be taken, as the blob function would. */
async function takeTickets(world: World) {
  for (const name of [...world.tickets]) await takeTicket(world.ports, name, undefined);
}

function firstAction(world: World): string {
  const [id] = world.actions.keys();
  if (id === undefined) throw new Error('nothing was started');
  return id;
}

describe('the way of an alert', () => {
  it('goes from the alert to a sealed package', async () => {
    const world = makeWorld();
    const { collection } = await receive(world);
    await pollMachineActions(world.ports);
    expect(world.library).toEqual([expect.objectContaining({ fileName: 'evidence-triage.sh', sha256: SCRIPT_SHA256 })]);
    const custody = await world.ports.collections.readCustody(collection.id);
    expect(custody.join()).toContain(`"script":"evidence-triage.sh","sha256":"${SCRIPT_SHA256}"`);
    expect(world.sent).toHaveLength(1);
    expect(world.sent[0]?.comment).toBe(`Evidence Collector ${collection.id}/0/1`);
    expect(world.sent[0]?.commands.map((command) => command.type)).toEqual(['RunScript', 'GetFile']);

    const action = firstAction(world);
    world.results.set(`${action}/0`, TRANSCRIPT).set(`${action}/1`, 'the archive');
    world.endAction(action, 'Succeeded', [
      ['RunScript', 'Completed'],
      ['GetFile', 'Completed'],
    ]);
    world.passTime(15_000);
    await pollMachineActions(world.ports);
    expect((await show(world, collection.id)).status).toBe('copying');
    await takeTickets(world);

    const ended = await show(world, collection.id);
    expect(ended).toMatchObject({ status: 'collected', reason: null, incidentId: '1126093' });
    const manifest = world.blobs.get(`${collection.id}/manifest-sha256.txt`) ?? '';
    expect(manifest).toContain(`${sha256Of('the archive')}  data/0-1-getfile/content\n`);
    expect(
      manifest
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split('  ')[1]),
    ).toEqual([
      'data/0-0-runscript/transcript.json',
      'data/0-1-getfile/content',
      'data/alert/alert.json',
      'data/alert/files.json',
      'data/alert/machine.json',
      'data/alert/plan.json',
    ]);
    expect(await world.ports.collections.listOpen()).toEqual([]);
    expect(world.tickets.size).toBe(0);
  });

  it('I6: the packed custody log is a whole chain whose last entry holds the hash of the manifest', async () => {
    const world = makeWorld();
    const id = await collectOnce(world);
    const packed = (world.blobs.get(`${id}/custody.jsonl`) ?? '').trimEnd().split('\n');
    expect(checkCustody(packed, sha256Of)).toMatchObject({ verdict: 'whole' });
    const last: unknown = JSON.parse(packed.at(-1) ?? '');
    expect(last).toMatchObject({
      event: 'sealing',
      detail: { manifestSha256: sha256Of(world.blobs.get(`${id}/manifest-sha256.txt`) ?? '') },
    });
    const all = await world.ports.collections.readCustody(id);
    expect(checkCustody(all, sha256Of)).toMatchObject({ verdict: 'whole', head: { count: packed.length + 1 } });
    expect(world.blobs.get(`custody:${id}/${packed.length + 1}.json`)).toBe(all.at(-1));
  });

  it('is closed once: what follows the seal is exported once', async () => {
    const world = makeWorld();
    const exported: number[] = [];
    const { putCustodyLine } = world.ports.evidence;
    const evidence = {
      ...world.ports.evidence,
      putCustodyLine: async (id: string, line: Parameters<typeof putCustodyLine>[1]) => {
        exported.push(line.number);
        await putCustodyLine(id, line);
      },
    };
    const id = await collectOnce({ ...world, ports: { ...world.ports, evidence } });
    expect(exported).toEqual([(await world.ports.collections.readCustody(id)).length]);
  });

  it('an end whose closing was cut short is closed by the next poll', async () => {
    const world = makeWorld();
    world.alerts.set(ALERT_ID, { ...alert, machineId: null });
    const { collection } = await receive(world, ALERT_ID, null);
    const collections = { ...world.ports.collections, close: () => Promise.reject(new Error('cut')) };
    await pollMachineActions({ ...world.ports, collections });
    expect((await show(world, collection.id)).status).toBe('skipped');
    expect(await world.ports.collections.listOpen()).toHaveLength(1);
    await pollMachineActions(world.ports);
    expect(await world.ports.collections.listOpen()).toEqual([]);
  });

  it('I8: the same alert sent again is the same collection and runs nothing', async () => {
    const world = makeWorld();
    const id = await collectOnce(world);
    const again = await receive(world);
    expect(again).toMatchObject({ claim: 'exists', collection: { id, status: 'collected' } });
    await pollMachineActions(world.ports);
    expect(world.sent).toHaveLength(1);
  });

  it('the case of a machine id makes no difference', async () => {
    const world = makeWorld();
    world.alerts.set(ALERT_ID, { ...alert, machineId: MACHINE_ID.toUpperCase() });
    const { collection } = await receive(world);
    await pollMachineActions(world.ports);
    expect((await show(world, collection.id)).status).toBe('running');
  });

  it('an alert that comes once with and once without its machine is collected once', async () => {
    const world = makeWorld();
    const named = await receive(world);
    const bare = await receive(world, ALERT_ID, null);
    await pollMachineActions(world.ports);
    expect(world.sent).toHaveLength(1);
    const ends = [await show(world, named.collection.id), await show(world, bare.collection.id)];
    expect(ends.map((collection) => collection.status).sort()).toEqual(['merged', 'running']);
  });

  it('I7: no link, signature or token is in any log line, row or blob', async () => {
    const world = makeWorld();
    const id = await collectOnce(world);
    const everything = JSON.stringify([
      world.logs,
      [...world.blobs],
      await show(world, id),
      await world.ports.collections.readCustody(id),
    ]);
    expect(everything).not.toContain('SECRET');
    expect(everything).not.toContain('results.example.com');
  });
});

async function collectOnce(world: World): Promise<string> {
  const { collection } = await receive(world);
  await pollMachineActions(world.ports);
  const action = firstAction(world);
  world.results.set(`${action}/0`, TRANSCRIPT).set(`${action}/1`, 'the archive');
  world.endAction(action, 'Succeeded', [
    ['RunScript', 'Completed'],
    ['GetFile', 'Completed'],
  ]);
  world.passTime(15_000);
  await pollMachineActions(world.ports);
  await takeTickets(world);
  expect((await show(world, collection.id)).status).toBe('collected');
  return collection.id;
}

describe('alerts that cannot be collected say why', () => {
  const cases: readonly (readonly [string, (world: World) => void, string | null, RegExp])[] = [
    [
      'an alert that Defender does not know',
      (world) => world.alerts.clear(),
      MACHINE_ID,
      /^Defender does not know alert da637472900382838869_1364969609\.$/,
    ],
    [
      'an alert with no machine',
      (world) => world.alerts.set(ALERT_ID, { ...alert, machineId: null }),
      null,
      /names no machine/,
    ],
    ['a machine that Defender does not know', (world) => world.machines.clear(), MACHINE_ID, /does not know machine/],
    ['an alert on another machine than the request says', () => undefined, 'f'.repeat(40), /is about machine 111e6dd8/],
    [
      'a machine whose system no profile covers',
      (world) => {
        for (const [id, machine] of world.machines)
          world.machines.set(id, { ...machine, osPlatform: 'Solaris', operatingSystem: null });
      },
      MACHINE_ID,
      /^No profile covers this alert on web-01\.contoso\.com \(Solaris\)\.$/,
    ],
  ];
  it.each(cases)('%s', async (_, prepare, machineId, reason) => {
    const world = makeWorld();
    prepare(world);
    const { collection } = await receive(world, ALERT_ID, machineId);
    for (let polls = 0; polls < 4; polls += 1) {
      await pollMachineActions(world.ports);
      world.passTime(15_000);
    }
    const ended = await show(world, collection.id);
    expect(ended.status).toBe('skipped');
    expect(ended.reason).toMatch(reason);
    expect(world.sent).toHaveLength(0);
    expect(await world.ports.collections.listOpen()).toEqual([]);
  });

  it('an alert that is too new for Defender is asked for again', async () => {
    const world = makeWorld();
    world.alerts.clear();
    const { collection } = await receive(world);
    await pollMachineActions(world.ports);
    expect(await show(world, collection.id)).toMatchObject({
      status: 'received',
      reason: expect.stringMatching(/is asked for again/),
    });
    world.alerts.set(ALERT_ID, alert);
    world.passTime(15_000);
    await pollMachineActions(world.ports);
    expect((await show(world, collection.id)).status).toBe('running');
  });

  it('an alert of another tenant is refused', async () => {
    const world = makeWorld({ tenantId: '00000000-0000-0000-0000-000000000001' });
    const { collection } = await receive(world);
    await pollMachineActions(world.ports);
    expect(await show(world, collection.id)).toMatchObject({
      status: 'skipped',
      reason: expect.stringMatching(/another tenant/),
    });
  });

  it('in MODE observe it plans, says so, and runs nothing', async () => {
    const world = makeWorld({ mode: 'observe' });
    const { collection } = await receive(world);
    await pollMachineActions(world.ports);
    expect(await show(world, collection.id)).toMatchObject({
      status: 'skipped',
      reason:
        'MODE is observe, so nothing is run: profile linux-triage would have run evidence-triage.sh on web-01.contoso.com.',
    });
    expect(world.sent).toHaveLength(0);
  });
});

describe('dispatch', () => {
  it('I3: after a lost answer the action is found by its comment and nothing is sent again', async () => {
    const world = makeWorld();
    world.startAnswers.push({ outcome: 'unknown', reason: 'Defender answered 502.' });
    const { collection } = await receive(world);
    await pollMachineActions(world.ports);
    expect((await show(world, collection.id)).status).toBe('starting');
    const starting = await show(world, collection.id);
    if (starting.status !== 'starting') throw new Error('it is not starting');
    const comment = `Evidence Collector ${collection.id}/0/1`;
    const commands = starting.plan.sessions[0]?.commands ?? [];
    await world.ports.defender.startLiveResponse({ machineId: MACHINE_ID, comment, commands });
    world.passTime(15_000);
    await pollMachineActions(world.ports);
    expect(await show(world, collection.id)).toMatchObject({ status: 'running', actionId: firstAction(world) });
    expect(world.sent).toHaveLength(1);
  });

  it('I3: a start that never shows is sent again only after the visibility window, under the next attempt', async () => {
    const world = makeWorld();
    world.startAnswers.push({ outcome: 'unknown', reason: 'The connection was cut.' });
    const { collection } = await receive(world);
    for (let passedMs = 0; passedMs < 179_000; passedMs += 15_000) {
      await pollMachineActions(world.ports);
      expect(world.sent).toHaveLength(0);
      world.passTime(15_000);
    }
    world.passTime(15_000);
    await pollMachineActions(world.ports);
    expect(world.sent.map((request) => request.comment)).toEqual([`Evidence Collector ${collection.id}/0/2`]);
  });

  it.each([
    ['busy', { outcome: 'busy', reason: 'Another live response runs on the machine.' }],
    ['throttled', { outcome: 'throttled', afterMs: 30_000, reason: 'Defender takes no more calls for 30 s.' }],
    ['not allowed', { outcome: 'not allowed', reason: 'The permission Machine.LiveResponse is missing.' }],
    ['unreachable', { outcome: 'unreachable', reason: 'Defender cannot be reached.' }],
  ] as const)('%s: waits with the reason, then is sent', async (_, answer) => {
    const world = makeWorld();
    world.startAnswers.push(answer);
    const { collection } = await receive(world);
    await pollMachineActions(world.ports);
    expect(await show(world, collection.id)).toMatchObject({ status: 'planned', reason: answer.reason });
    expect(world.sent).toHaveLength(0);
    world.passTime(60_000);
    await pollMachineActions(world.ports);
    expect((await show(world, collection.id)).status).toBe('running');
  });

  it('I11: what Defender asked to wait is waited', async () => {
    const world = makeWorld();
    world.startAnswers.push({
      outcome: 'throttled',
      afterMs: 600_000,
      reason: 'Defender takes no more calls for 600 s.',
    });
    await receive(world);
    await pollMachineActions(world.ports);
    world.passTime(590_000);
    await pollMachineActions(world.ports);
    expect(world.sent).toHaveLength(0);
    world.passTime(15_000);
    await pollMachineActions(world.ports);
    expect(world.sent).toHaveLength(1);
  });

  it('a refusal that will not change ends as failed, with its reason and a package that says so', async () => {
    const world = makeWorld();
    world.startAnswers.push({ outcome: 'refused', reason: 'Live response does not run on this operating system.' });
    const { collection } = await receive(world);
    await pollMachineActions(world.ports);
    expect(await show(world, collection.id)).toMatchObject({
      status: 'failed',
      reason: 'Live response does not run on this operating system.',
    });
    expect(world.blobs.get(`${collection.id}/report.html`)).toContain(
      'Live response does not run on this operating system.',
    );
  });

  it('a script in the library that is not the reviewed one is never run; the reason names who put it there', async () => {
    const world = makeWorld();
    world.library.push({
      fileName: 'evidence-triage.sh',
      sha256: 'e'.repeat(64),
      createdBy: 'mallory@contoso.com',
      lastUpdatedAt: '2026-11-19T01:02:03Z',
    });
    const { collection } = await receive(world);
    for (let polls = 0; polls < 5; polls += 1) {
      await pollMachineActions(world.ports);
      world.passTime(60_000);
    }
    expect(world.sent).toHaveLength(0);
    expect((await show(world, collection.id)).reason).toMatch(
      /not the reviewed script \(put there by mallory@contoso\.com on 2026-11-19T01:02:03Z\)/,
    );
    world.library.pop();
    world.passTime(300_000);
    await pollMachineActions(world.ports);
    expect(world.sent).toHaveLength(1);
  });

  it('one collection has a machine at a time; the other waits its turn and then has it', async () => {
    const world = makeWorld();
    const other = 'da637472900382838870_1';
    const file = { path: '/opt/another', sha1: null, sha256: 'e'.repeat(64), md5: null, sizeBytes: null };
    world.alerts.set(other, { ...alert, id: other, files: [file] });
    await receive(world);
    const second = await receive(world, other);
    await pollMachineActions(world.ports);
    world.passTime(15_000);
    await pollMachineActions(world.ports);
    expect(world.sent).toHaveLength(1);
    expect((await show(world, second.collection.id)).reason).toMatch(/has its turn on this machine/);
    const action = firstAction(world);
    world.endAction(action, 'Cancelled', [
      ['RunScript', 'Created'],
      ['GetFile', 'Created'],
    ]);
    world.passTime(20_000);
    await pollMachineActions(world.ports);
    world.passTime(20_000);
    await pollMachineActions(world.ports);
    expect(world.sent).toHaveLength(2);
  });
});

describe('faults', () => {
  it('I10: a fault of one collection puts it off and leaves the others alone', async () => {
    const world = makeWorld();
    const { collection } = await receive(world);
    world.faults.getAlert = new Error('Defender refused the call (403): the permission Alert.Read.All is missing.');
    await pollMachineActions(world.ports);
    expect(await show(world, collection.id)).toMatchObject({
      status: 'received',
      tries: 1,
      reason: expect.stringMatching(/Alert\.Read\.All is missing/),
    });
    world.faults.getAlert = null;
    world.passTime(60_000);
    await pollMachineActions(world.ports);
    expect(await show(world, collection.id)).toMatchObject({ status: 'running', reason: null });
  });

  it('I1: a ticket that nobody takes is copied by the poll', async () => {
    const world = makeWorld();
    const { collection } = await receive(world);
    await pollMachineActions(world.ports);
    const action = firstAction(world);
    world.results.set(`${action}/0`, TRANSCRIPT).set(`${action}/1`, 'the archive');
    world.endAction(action, 'Succeeded', [
      ['RunScript', 'Completed'],
      ['GetFile', 'Completed'],
    ]);
    await pollMachineActions(world.ports);
    expect((await show(world, collection.id)).status).toBe('copying');
    world.passTime(200_000);
    await pollMachineActions(world.ports);
    expect((await show(world, collection.id)).status).toBe('collected');
  });

  it('a failed GetFile leaves a partial package that names what is missing', async () => {
    const world = makeWorld();
    const { collection } = await receive(world);
    await pollMachineActions(world.ports);
    const action = firstAction(world);
    world.results.set(`${action}/0`, TRANSCRIPT);
    world.endAction(action, 'Failed', [
      ['RunScript', 'Completed'],
      ['GetFile', 'Failed', 'The file was not found.'],
    ]);
    await pollMachineActions(world.ports);
    await takeTickets(world);
    const ended = await show(world, collection.id);
    expect(ended.status).toBe('partial');
    expect(ended.results).toEqual([
      expect.objectContaining({ index: 0, status: 'stored' }),
      expect.objectContaining({ index: 1, status: 'missing', failure: 'The file was not found.' }),
    ]);
  });

  it('I1: at its deadline a running collection is cancelled and ends', async () => {
    const world = makeWorld({ deadlineHours: 1 });
    const { collection } = await receive(world);
    await pollMachineActions(world.ports);
    world.passTime(3_600_000);
    await pollMachineActions(world.ports);
    world.passTime(15_000);
    await pollMachineActions(world.ports);
    expect(await show(world, collection.id)).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/deadline/),
    });
    expect(world.actions.get(firstAction(world))?.status).toBe('Cancelled');
  });
});
