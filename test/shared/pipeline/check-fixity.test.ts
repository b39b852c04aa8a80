import { describe, expect, it } from 'vitest';
import { checkCustody } from '../../../shared/domain/custody.ts';
import { type FixityRound, NO_ROUND, takeRun } from '../../../shared/domain/fixity-round.ts';
import { checkFixity } from '../../../shared/pipeline/check-fixity.ts';
import type { FixityPorts, Mismatch } from '../../../shared/pipeline/check-fixity-ports.ts';
import { pollMachineActions } from '../../../shared/pipeline/poll-machine-actions.ts';
import { receiveAlert } from '../../../shared/pipeline/receive-alert.ts';
import { alert, MACHINE_ID } from '../../memory/samples.ts';
import { makeWorld, sha256Of, type World } from '../../memory/world.ts';

const DAY_MS = 86_400_000;

interface Trial {
  readonly world: World;
  readonly ports: FixityPorts;
  readonly told: Mismatch[];
  /** The files that were read, as `<collection>/<path>`. */
  readonly read: string[];
  readonly round: () => FixityRound;
}

/** A world with so many sealed packages, and what checks them. */
async function makeTrial(packages: number): Promise<Trial & { readonly ids: readonly string[] }> {
  const world = makeWorld();
  const ids: string[] = [];
  for (let number = 0; number < packages; number += 1) ids.push(await sealOne(world, number));
  const told: Mismatch[] = [];
  const read: string[] = [];
  let round = NO_ROUND;
  const ports: FixityPorts = {
    ...world.ports,
    intervalDays: 30,
    takeRun: async (intervalMs) => {
      const taken = takeRun(round, world.ports.now(), intervalMs);
      round = taken.round;
      return taken.run === 'ours' ? taken.round : null;
    },
    saveRound: async (next) => {
      round = next;
    },
    listAfter: async (key) => ids.map((id) => ({ key: id, id })).slice(key === null ? 0 : ids.indexOf(key) + 1),
    digestFile: async (id, path) => {
      const name = `${id}/${path}`;
      read.push(name);
      const text = world.blobs.get(name);
      return text === undefined ? null : { bytes: Buffer.byteLength(text), sha256: sha256Of(text) };
    },
    checkSignature: async (jws, statement) => (jws.endsWith(`.${JSON.stringify(statement)}`) ? 'fits' : 'does not fit'),
    tellMismatch: async (mismatch) => {
      told.push(mismatch);
    },
  };
  return { world, ports, told, read, ids, round: () => round };
}

/** A collection that is sealed at once, as Defender refuses its live response. */
async function sealOne(world: World, number: number): Promise<string> {
  const alertId = `da${number}_1`;
  world.alerts.set(alertId, { ...alert, id: alertId });
  world.startAnswers.push({ outcome: 'refused', reason: 'No.' });
  const request = { alertId, machineId: MACHINE_ID, severity: null };
  const { collection } = await receiveAlert(world.ports, request, 'http');
  await pollMachineActions(world.ports);
  world.passTime(1000);
  return collection.id;
}

async function oneTrial(): Promise<Trial & { readonly id: string }> {
  const trial = await makeTrial(1);
  return { ...trial, id: trial.ids[0] ?? '' };
}

interface Entry {
  readonly number: number;
  readonly event: string;
  readonly detail: Readonly<Record<string, string | number | null>>;
}

/** The entries of a custody log that came after the package's own end. */
async function later({ world }: Trial, id: string): Promise<readonly Entry[]> {
  const lines = await world.ports.collections.readCustody(id);
  expect(checkCustody(lines, sha256Of)).toMatchObject({ verdict: 'whole', head: { count: lines.length } });
  for (const [index, line] of lines.entries()) {
    const blob = world.blobs.get(`custody:${id}/${index + 1}.json`);
    if (blob !== undefined) expect(blob).toBe(line);
  }
  const entries = lines.map((line) => JSON.parse(line) as Entry);
  return entries.slice(entries.findIndex(({ event }) => event === 'ended') + 1);
}

function filesOf({ world }: Trial, id: string): ReadonlyMap<string, string> {
  return new Map([...world.blobs].filter(([name]) => name.startsWith(`${id}/`)));
}

describe('a package that is as it was sealed', () => {
  it('gets an entry that says so, in the table and as a blob of its own, and is not touched', async () => {
    const trial = await oneTrial();
    const { id, world } = trial;
    const before = filesOf(trial, id);
    expect(await checkFixity(trial.ports)).toEqual({ checked: 1, mismatches: 0 });
    expect(filesOf(trial, id)).toEqual(before);
    // All but the signature, which no manifest names.
    const files = before.size - 1;
    const tagmanifestSha256 = sha256Of(before.get(`${id}/tagmanifest-sha256.txt`) ?? '');
    const [entry, ...more] = await later(trial, id);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({ event: 'verified', detail: { files, tagmanifestSha256 } });
    expect(JSON.parse(world.blobs.get(`custody:${id}/${entry?.number}.json`) ?? '')).toEqual(entry);
    expect(trial.told).toEqual([]);
    expect(world.logs.some(({ event }) => event === 'evidence mismatch')).toBe(false);
    expect([...trial.read].sort()).toEqual([...before.keys()].filter((name) => !name.endsWith('.jws')).sort());
  });

  it('is not looked at again before its time, and then is', async () => {
    const trial = await oneTrial();
    await checkFixity(trial.ports);
    trial.world.passTime(29 * DAY_MS);
    expect(await checkFixity(trial.ports)).toEqual({ checked: 0, mismatches: 0 });
    trial.world.passTime(DAY_MS);
    expect(await checkFixity(trial.ports)).toEqual({ checked: 1, mismatches: 0 });
    expect((await later(trial, trial.id)).map(({ event }) => event)).toEqual(['verified', 'verified']);
  });

  it('stays what it is in all but the end of its custody log', async () => {
    const trial = await oneTrial();
    const before = await trial.world.ports.collections.load(trial.id);
    await checkFixity(trial.ports);
    const after = await trial.world.ports.collections.load(trial.id);
    expect(after?.collection).toEqual({ ...before?.collection, custody: after?.collection.custody });
    expect(after?.collection.custody.count).toBe((before?.collection.custody.count ?? 0) + 1);
    expect(await trial.world.ports.collections.listOpen()).toEqual([]);
  });
});

describe('a package that is not as it was sealed', () => {
  type Harm = (trial: Trial, id: string) => void;
  const set =
    (path: string, change: (text: string) => string): Harm =>
    ({ world }, id) =>
      world.blobs.set(`${id}/${path}`, change(world.blobs.get(`${id}/${path}`) ?? ''));
  const drop =
    (path: string): Harm =>
    ({ world }, id) =>
      world.blobs.delete(`${id}/${path}`);
  const files = [
    'bagit.txt',
    'bag-info.txt',
    'manifest-sha256.txt',
    'tagmanifest-sha256.txt',
    'custody.jsonl',
    'collection.json',
    'report.html',
    'data/alert/alert.json',
    'data/alert/plan.json',
  ];
  const flip = (text: string) => `${text.slice(0, -2)}${text.at(-2) === '0' ? '1' : '0'}${text.slice(-1)}`;

  it.each<[string, Harm, string, string]>([
    ...files.map((path): [string, Harm, string, string] => [
      `${path} with a byte changed`,
      set(path, flip),
      path,
      'changed',
    ]),
    ...files.map((path): [string, Harm, string, string] => [`${path} gone`, drop(path), path, 'missing']),
    ['a file more', set('data/more', () => 'x'), 'data/more', 'added'],
    ['its signature gone', drop('signature.jws'), 'signature.jws', 'missing'],
    ['another signature', set('signature.jws', () => '1.{}'), 'signature.jws', 'wrong signature'],
  ])('%s: is a mismatch, told once, and its files are left as they are', async (_name, harm, path, fault) => {
    const trial = await oneTrial();
    const { id, told, world } = trial;
    harm(trial, id);
    const before = filesOf(trial, id);
    expect(await checkFixity(trial.ports)).toEqual({ checked: 1, mismatches: 1 });
    expect(filesOf(trial, id)).toEqual(before);
    const entries = await later(trial, id);
    expect(entries.map(({ event }) => event)).toEqual(['evidence mismatch']);
    expect(String(entries[0]?.detail['what'])).toContain(`${path}: ${fault}`);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ collectionId: id, entry: entries[0]?.number });
    expect(told[0]?.faults).toContainEqual({ path, fault });
    expect(world.blobs.get(`custody:${id}/${entries[0]?.number}.json`)).toContain('evidence mismatch');
    const line = world.logs.find(({ event }) => event === 'evidence mismatch');
    expect(line).toEqual({
      event: 'evidence mismatch',
      collection: id,
      entry: entries[0]?.number,
      faults: expect.any(Number),
    });
  });

  it('made anew as a whole, with manifests that fit: the hashes noted at its seal tell', async () => {
    const trial = await oneTrial();
    const { id, world } = trial;
    const read = (path: string) => world.blobs.get(`${id}/${path}`) ?? '';
    const replace = (path: string, text: string, manifest: string) => {
      const made = read(manifest).replace(sha256Of(read(path)), sha256Of(text));
      world.blobs.set(`${id}/${path}`, text);
      world.blobs.set(`${id}/${manifest}`, made);
    };
    const manifestBefore = read('manifest-sha256.txt');
    replace('data/alert/alert.json', '{}', 'manifest-sha256.txt');
    const made = read('tagmanifest-sha256.txt').replace(
      sha256Of(manifestBefore),
      sha256Of(read('manifest-sha256.txt')),
    );
    world.blobs.set(`${id}/tagmanifest-sha256.txt`, made);
    await checkFixity(trial.ports);
    expect(trial.told[0]?.faults).toEqual([
      { path: 'manifest-sha256.txt', fault: 'changed' },
      { path: 'tagmanifest-sha256.txt', fault: 'changed' },
    ]);
  });

  it('the custody log in the table tells another story', async () => {
    const trial = await oneTrial();
    const readCustody = async (id: string) =>
      (await trial.world.ports.collections.readCustody(id)).map((line, index) =>
        index === 1 ? line.replace('collector', 'somebody') : line,
      );
    const collections = { ...trial.ports.collections, readCustody };
    await checkFixity({ ...trial.ports, collections });
    expect(trial.told[0]?.faults).toContainEqual({ path: 'custody log', fault: 'broken' });
  });

  it('names of files that somebody added are spelt out, and are in no log line', async () => {
    const trial = await oneTrial();
    trial.world.blobs.set(`${trial.id}/\u202egpj.exe\n`, 'x');
    await checkFixity(trial.ports);
    const [entry] = await later(trial, trial.id);
    expect(entry?.detail['what']).toBe('[U+202E]gpj.exe[U+000A]: added');
    expect(JSON.stringify(trial.world.logs)).not.toContain('gpj');
  });

  it('is told again by the next round, as long as it is so', async () => {
    const trial = await oneTrial();
    drop('report.html')(trial, trial.id);
    await checkFixity(trial.ports);
    trial.world.passTime(30 * DAY_MS);
    await checkFixity(trial.ports);
    expect(trial.told.map(({ entry }) => entry)).toHaveLength(2);
  });
});

describe('what cannot be reached is no mismatch', () => {
  it('is tried by the next runs, then left to the next round, and the others have their turn', async () => {
    const trial = await makeTrial(2);
    const [first = '', second = ''] = trial.ids;
    const digestFile: FixityPorts['digestFile'] = async (id, path) => {
      if (id === first && path === 'report.html') throw new Error('storage is away');
      return trial.ports.digestFile(id, path);
    };
    const ports = { ...trial.ports, digestFile };
    for (let run = 1; run <= 3; run += 1) expect(await checkFixity(ports)).toEqual({ checked: 0, mismatches: 0 });
    expect(await checkFixity(ports)).toEqual({ checked: 1, mismatches: 0 });
    expect(await later(trial, first)).toEqual([]);
    expect((await later(trial, second)).map(({ event }) => event)).toEqual(['verified']);
    expect(trial.told).toEqual([]);
    expect(trial.world.logs.filter(({ event, at }) => event === 'fault' && at === 'fixity')).toHaveLength(3);
  });

  it.each<[string, Partial<FixityPorts>]>([
    ['the keys of signatures', { checkSignature: () => Promise.reject(new Error('the vault is away')) }],
    ['the table', { takeRun: () => Promise.reject(new Error('the table is away')) }],
  ])('%s', async (_name, away) => {
    const trial = await oneTrial();
    await checkFixity({ ...trial.ports, ...away }).catch(() => undefined);
    expect(await later(trial, trial.id)).toEqual([]);
    expect(trial.told).toEqual([]);
    expect(await checkFixity(trial.ports)).toEqual({ checked: 1, mismatches: 0 });
  });

  it('I10: a collection whose row cannot be read holds nobody up', async () => {
    const trial = await makeTrial(2);
    const [first = '', second = ''] = trial.ids;
    const load: FixityPorts['collections']['load'] = async (id) => {
      if (id === first) throw new Error('unreadable');
      return trial.world.ports.collections.load(id);
    };
    const explain = () => ({ reason: '', code: 'unreadable-row', retryAfterMs: null });
    const collections = { ...trial.ports.collections, load };
    expect(await checkFixity({ ...trial.ports, collections, explain })).toEqual({ checked: 1, mismatches: 0 });
    expect(await later(trial, second)).toHaveLength(1);
  });
});

describe('runs', () => {
  it('end when their time is over, in the middle of a package too, and the next goes on there', async () => {
    const trial = await makeTrial(2);
    const [first = '', second = ''] = trial.ids;
    const slow: FixityPorts['digestFile'] = async (id, path) => {
      trial.world.passTime(4 * 60_000);
      return trial.ports.digestFile(id, path);
    };
    const ports = { ...trial.ports, digestFile: slow };
    const files = filesOf(trial, first).size - 1;
    const runs = Math.ceil(files / 3);
    for (let run = 1; run < runs; run += 1) expect(await checkFixity(ports)).toEqual({ checked: 0, mismatches: 0 });
    expect(await later(trial, first)).toEqual([]);
    expect(await checkFixity(ports)).toEqual({ checked: 1, mismatches: 0 });
    const [entry] = await later(trial, first);
    const bytes = [...filesOf(trial, first)].reduce(
      (sum, [name, text]) => sum + (name.endsWith('.jws') ? 0 : Buffer.byteLength(text)),
      0,
    );
    expect(entry).toMatchObject({ event: 'verified', detail: { files, bytes } });
    expect(trial.read.filter((name) => name.startsWith(first))).toHaveLength(files);
    expect(await later(trial, second)).toEqual([]);
  });

  it('a fault that is found before the time is over is told at once', async () => {
    const trial = await oneTrial();
    const names = [...filesOf(trial, trial.id).keys()].sort();
    trial.world.blobs.set(names[0] ?? '', 'changed');
    const digestFile: FixityPorts['digestFile'] = async (id, path) => {
      trial.world.passTime(11 * 60_000);
      return trial.ports.digestFile(id, path);
    };
    expect(await checkFixity({ ...trial.ports, digestFile })).toEqual({ checked: 1, mismatches: 1 });
  });

  it('two instances at once: one checks, the other does nothing', async () => {
    const trial = await oneTrial();
    const both = await Promise.all([checkFixity(trial.ports), checkFixity(trial.ports)]);
    expect(both.map(({ checked }) => checked).sort()).toEqual([0, 1]);
    expect(await later(trial, trial.id)).toHaveLength(1);
  });

  it('one that was cut short holds others up no longer than it might have run', async () => {
    const trial = await oneTrial();
    await trial.ports.takeRun(0);
    expect(await checkFixity(trial.ports)).toEqual({ checked: 0, mismatches: 0 });
    trial.world.passTime(35 * 60_000);
    expect(await checkFixity(trial.ports)).toEqual({ checked: 1, mismatches: 0 });
  });

  it('a crash between the entry and what is told of it tells it again: none is lost', async () => {
    const trial = await oneTrial();
    trial.world.blobs.delete(`${trial.id}/report.html`);
    await checkFixity({ ...trial.ports, tellMismatch: () => Promise.reject(new Error('cut')) });
    expect(trial.told).toEqual([]);
    await checkFixity(trial.ports);
    expect(trial.told).toHaveLength(1);
    expect((await later(trial, trial.id)).map(({ event }) => event)).toEqual([
      'evidence mismatch',
      'evidence mismatch',
    ]);
  });

  it('a crash between the row of an entry and its blob: the next entry makes the blob good', async () => {
    const trial = await oneTrial();
    const putCustodyLine = () => Promise.reject(new Error('cut'));
    await checkFixity({ ...trial.ports, evidence: { ...trial.ports.evidence, putCustodyLine } });
    await checkFixity(trial.ports);
    const entries = await later(trial, trial.id);
    expect(entries).toHaveLength(2);
    for (const { number } of entries) expect(trial.world.blobs.has(`custody:${trial.id}/${number}.json`)).toBe(true);
  });

  it('go through all packages, then begin anew with the one that was checked longest ago', async () => {
    const trial = await makeTrial(3);
    const order = () => [...new Set(trial.read.map((name) => name.slice(0, 32)))];
    expect(await checkFixity(trial.ports)).toEqual({ checked: 3, mismatches: 0 });
    expect(order()).toEqual(trial.ids);
    expect(trial.round()).toMatchObject({ stage: 'done', begun: null });
    trial.read.length = 0;
    trial.world.passTime(30 * DAY_MS);
    expect(await checkFixity(trial.ports)).toEqual({ checked: 3, mismatches: 0 });
    expect(order()).toEqual(trial.ids);
  });

  it('leave alone what is not sealed, and do nothing while MODE is off', async () => {
    const trial = await oneTrial();
    expect(await checkFixity({ ...trial.ports, mode: 'off' })).toEqual({ checked: 0, mismatches: 0 });
    const open = makeWorld();
    const { collection } = await receiveAlert(
      open.ports,
      { alertId: alert.id, machineId: MACHINE_ID, severity: null },
      'http',
    );
    const listAfter = async (key: string | null) => (key === null ? [{ key: 'a', id: collection.id }] : []);
    expect(await checkFixity({ ...trial.ports, ...open.ports, listAfter })).toEqual({ checked: 0, mismatches: 0 });
  });
});
