import { describe, expect, it } from 'vitest';
import { checkCustody } from '../../../shared/domain/custody.ts';
import { pollMachineActions } from '../../../shared/pipeline/poll-machine-actions.ts';
import type { AnnouncerPort, CommentOutcome, Ports } from '../../../shared/pipeline/ports.ts';
import { receiveAlert } from '../../../shared/pipeline/receive-alert.ts';
import { takeTicket } from '../../../shared/pipeline/take-ticket.ts';
import { rememberAnnouncements } from '../../memory/memory-announcements.ts';
import { ALERT_ID, MACHINE_ID } from '../../memory/samples.ts';
import { makeWorld, sha256Of, type World } from '../../memory/world.ts';

/** What a script prints that hashed its archive as something else than what is stored. */
function writeTranscript(archiveSha256: string): string {
  const answer = { ok: true, archive: { sha256: archiveSha256, bytes: 11 } };
  const block = Buffer.from(JSON.stringify(answer)).toString('base64url');
  const output = `-----BEGIN EVIDENCE ANSWER-----\n${block}\n-----END EVIDENCE ANSWER-----\n`;
  return JSON.stringify({ script_name: 'evidence-triage.sh', exit_code: 0, script_output: output, script_errors: '' });
}

function makeAnnouncing(more: Partial<AnnouncerPort> = {}) {
  const world = makeWorld();
  const memory = rememberAnnouncements();
  const announcer: AnnouncerPort = { ...memory, events: 'published', comments: 'written', ...more };
  const ports: Ports = { ...world.ports, announcer };
  return { world, ports, published: memory.published, written: memory.written };
}

async function receive(ports: Ports): Promise<string> {
  const reference = { alertId: ALERT_ID, machineId: MACHINE_ID, severity: null };
  return (await receiveAlert(ports, reference, 'http')).collection.id;
}

/** Plays a collection from its start to its end. */
async function collect(world: World, ports: Ports, archiveSha256 = sha256Of('the archive')): Promise<string> {
  const id = await receive(ports);
  await pollMachineActions(ports);
  const [action = ''] = world.actions.keys();
  world.results.set(`${action}/0`, writeTranscript(archiveSha256)).set(`${action}/1`, 'the archive');
  world.endAction(action, 'Succeeded', [
    ['RunScript', 'Completed'],
    ['GetFile', 'Completed'],
  ]);
  world.passTime(15_000);
  await pollMachineActions(ports);
  for (const name of [...world.tickets]) await takeTicket(ports, name, undefined);
  return id;
}

const isOpen = async (ports: Ports) => (await ports.collections.listOpen()).length > 0;

describe('events of a collection', () => {
  it('tell its start and its end, each once, with ids that repeats have too', async () => {
    const { world, ports, published } = makeAnnouncing();
    const id = await collect(world, ports);
    await pollMachineActions(ports);
    expect(published.map((one) => one.id)).toEqual([`${id}-collection.started`, `${id}-collection.ended`]);
    expect(published[1]?.data).toMatchObject({
      collection: id,
      status: 'collected',
      alertId: ALERT_ID,
      machineId: MACHINE_ID,
      results: { expected: 2, stored: 2 },
      package: { tagmanifestSha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(JSON.stringify(published)).not.toMatch(/sig=|https?:/);
    expect(await isOpen(ports)).toBe(false);
  });

  it('tell of a file that is not what the machine reported', async () => {
    const { world, ports, published } = makeAnnouncing();
    const id = await collect(world, ports, 'f'.repeat(64));
    const mismatch = published.find((one) => one.type === 'evidence.mismatch');
    expect(mismatch).toMatchObject({
      id: `${id}-evidence.mismatch`,
      data: { files: [{ path: 'data/0-1-getfile/content', reportedSha256: 'f'.repeat(64) }] },
    });
  });

  it('are told later when the topic was away: the start before the end, and nothing of the collection suffers', async () => {
    const topic = { away: true };
    const sent: string[] = [];
    const { world, ports } = makeAnnouncing({
      publish: async ({ type }) => {
        if (topic.away) throw new Error('The topic is away.');
        sent.push(type);
      },
    });
    const id = await collect(world, ports);
    expect((await ports.collections.load(id))?.collection.status).toBe('collected');
    expect(await isOpen(ports)).toBe(true);
    topic.away = false;
    world.passTime(15_000);
    await pollMachineActions(ports);
    expect(sent).toEqual(['collection.started', 'collection.ended']);
    expect(await isOpen(ports)).toBe(false);
  });

  it('are told again when it was not noted that they were, with the same id', async () => {
    const marks = { cut: true };
    const memory = rememberAnnouncements();
    const { world, ports } = makeAnnouncing({
      ...memory,
      noteTold: async (name, at) => {
        if (marks.cut && name.endsWith('ended')) throw new Error('cut');
        await memory.noteTold(name, at);
      },
    });
    const id = await collect(world, ports);
    marks.cut = false;
    await pollMachineActions(ports);
    const ended = memory.published.filter((one) => one.id === `${id}-collection.ended`);
    expect(ended.length).toBeGreaterThan(1);
    expect(new Set(ended.map((one) => JSON.stringify(one))).size).toBe(1);
  });

  it('are given up after a day, and the collection is closed', async () => {
    const { world, ports } = makeAnnouncing({ publish: () => Promise.reject(new Error('The topic is gone.')) });
    await collect(world, ports);
    world.passTime(23 * 3_600_000);
    await pollMachineActions(ports);
    expect(await isOpen(ports)).toBe(true);
    world.passTime(2 * 3_600_000);
    await pollMachineActions(ports);
    expect(await isOpen(ports)).toBe(false);
    expect(world.logs).toContainEqual(expect.objectContaining({ event: 'announcement given up' }));
  });

  it('are not told, and nothing is kept of them, where nobody is to be told', async () => {
    const { world, ports, published, written } = makeAnnouncing({ events: 'not published', comments: 'not written' });
    await collect(world, ports);
    expect({ published, written, open: await isOpen(ports) }).toEqual({ published: [], written: [], open: false });
  });
});

describe('the comment on the alert', () => {
  it('is one, with outcome, verdicts, package and a link that is no SAS, and is in the custody log', async () => {
    const { world, ports, written } = makeAnnouncing();
    const id = await collect(world, ports);
    await pollMachineActions(ports);
    expect(written).toEqual([{ alertId: ALERT_ID, text: expect.any(String) }]);
    const [comment] = written;
    expect(comment?.text).toMatch(/^Evidence Collector: collected, 2 of 2 results stored\./);
    expect(comment?.text).toContain('Compared with what the machine reported: 1 same.');
    expect(comment?.text).toContain(`https://collector.example.com/api/collections/${id}`);
    expect(comment?.text).not.toMatch(/sig=|blob\.core/);
    const lines = await ports.collections.readCustody(id);
    expect(lines.filter((line) => line.includes('"event":"commented"'))).toHaveLength(1);
    expect(checkCustody(lines, sha256Of)).toMatchObject({ verdict: 'whole' });
    const number = lines.length;
    expect(world.blobs.has(`custody:${id}/${number}.json`)).toBe(true);
  });

  it('whose answer was lost is looked for before another is written', async () => {
    const memory = rememberAnnouncements();
    const answers: CommentOutcome[] = ['unknown'];
    const { world, ports } = makeAnnouncing({
      ...memory,
      addComment: async (alertId, text) => {
        const added = await memory.addComment(alertId, text);
        const lost = answers.shift();
        return lost === undefined ? added : { outcome: lost };
      },
    });
    await collect(world, ports);
    expect(await isOpen(ports)).toBe(true);
    await pollMachineActions(ports);
    expect(memory.written).toHaveLength(1);
    world.passTime(121_000);
    await pollMachineActions(ports);
    expect({ written: memory.written.length, open: await isOpen(ports) }).toEqual({ written: 1, open: false });
  });

  it('that was never sent is sent later', async () => {
    const memory = rememberAnnouncements();
    const answers: CommentOutcome[] = ['unreachable', 'throttled', 'not allowed'];
    const { world, ports } = makeAnnouncing({
      ...memory,
      addComment: async (alertId, text) => {
        const outcome = answers.shift();
        return outcome === undefined ? memory.addComment(alertId, text) : { outcome };
      },
    });
    await collect(world, ports);
    for (let tries = 0; tries < 4; tries += 1) {
      world.passTime(121_000);
      await pollMachineActions(ports);
    }
    expect({ written: memory.written.length, open: await isOpen(ports) }).toEqual({ written: 1, open: false });
  });

  it.each(['not found', 'refused'] as const)('that is %s is not tried again', async (outcome) => {
    const tries: string[] = [];
    const { world, ports } = makeAnnouncing({
      addComment: async (alertId) => {
        tries.push(alertId);
        return { outcome };
      },
    });
    await collect(world, ports);
    world.passTime(121_000);
    await pollMachineActions(ports);
    expect({ tries: tries.length, open: await isOpen(ports) }).toEqual({ tries: 1, open: false });
  });

  it('of two instances is written by one', async () => {
    const memory = rememberAnnouncements();
    const { world, ports } = makeAnnouncing({ ...memory, publish: () => Promise.reject(new Error('Not yet.')) });
    const id = await collect(world, ports);
    const announcer: AnnouncerPort = { ...memory, events: 'not published', comments: 'written' };
    const collection = (await ports.collections.load(id))?.collection;
    if (collection === undefined) throw new Error('It is not there.');
    const { announceEnd } = await import('../../../shared/pipeline/announce.ts');
    await Promise.all([1, 2, 3].map(() => announceEnd({ ...ports, announcer }, collection)));
    expect(memory.written).toHaveLength(1);
  });

  it('that another instance has just begun is left to it, and looked for when it takes too long', async () => {
    const memory = rememberAnnouncements();
    const { world, ports } = makeAnnouncing(memory);
    const id = await receive(ports);
    await memory.begin(`${id}-comment`, { telling: 'not begun' }, ports.now().toISOString());
    world.startAnswers.push({ outcome: 'refused', reason: 'No.' });
    await pollMachineActions(ports);
    expect((await ports.collections.load(id))?.collection.status).toBe('failed');
    expect({ written: memory.written.length, open: await isOpen(ports) }).toEqual({ written: 0, open: true });
    world.passTime(121_000);
    await pollMachineActions(ports);
    expect({ written: memory.written.length, open: await isOpen(ports) }).toEqual({ written: 1, open: false });
  });

  it('says nothing of an alert of which nothing was to be done', async () => {
    const { world, ports, written } = makeAnnouncing();
    world.machines.clear();
    await receive(ports);
    world.passTime(60_000);
    await pollMachineActions(ports);
    expect({ written, open: await isOpen(ports) }).toEqual({ written: [], open: false });
  });
});
