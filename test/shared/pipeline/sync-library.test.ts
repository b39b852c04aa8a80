import { describe, expect, it } from 'vitest';
import type { LibraryFile } from '../../../shared/domain/library-file.ts';
import type { DefenderPort, Ports } from '../../../shared/pipeline/ports.ts';
import { keepLibrary, type SyncOrder, syncLibrary } from '../../../shared/pipeline/sync-library.ts';
import { makeWorld, SCRIPT_SHA256, type World } from '../../memory/world.ts';

const NAME = 'evidence-triage.sh';
const PLAN: SyncOrder = { does: 'plan', replace: [] };
const APPLY: SyncOrder = { does: 'apply', replace: [] };
const REPLACE: SyncOrder = { does: 'apply', replace: [NAME] };

const foreign: LibraryFile = {
  fileName: 'memdump.exe',
  sha256: 'f'.repeat(64),
  createdBy: 'admin',
  lastUpdatedAt: '2018-10-24T10:54:23Z',
};
const tampered: LibraryFile = { ...foreign, fileName: NAME, createdBy: 'mallory' };

/** The world's ports whose uploads are counted, and which replace as Defender does. */
function portsOf(world: World, overrides: Partial<DefenderPort> = {}) {
  const uploads: string[] = [];
  const ports: Ports = {
    ...world.ports,
    defender: {
      ...world.ports.defender,
      async uploadToLibrary(upload) {
        uploads.push(`${upload.replace} ${upload.fileName}`);
        const at = world.library.findIndex(({ fileName }) => fileName === upload.fileName);
        if (at !== -1 && upload.replace === 'keep') return { outcome: 'exists' };
        if (at !== -1) world.library.splice(at, 1);
        return world.ports.defender.uploadToLibrary(upload);
      },
      ...overrides,
    },
  };
  return { ports, uploads };
}

async function sync(ports: Ports, order: SyncOrder) {
  const synced = await syncLibrary(ports, order);
  if (synced.outcome === 'wrong order') throw new Error(synced.why);
  return { ...synced, told: synced.files.map(({ name, state, outcome }) => `${name} ${state} ${outcome}`) };
}

describe('a plan', () => {
  it('tells what would be done and does nothing', async () => {
    const world = makeWorld();
    world.library.push(foreign);
    const { ports, uploads } = portsOf(world);
    expect(await sync(ports, PLAN)).toMatchObject({
      outcome: 'planned',
      library: 'lacks reviewed scripts',
      told: [`${NAME} new planned`, 'memdump.exe foreign as it was'],
    });
    expect((await sync(ports, { ...PLAN, replace: [NAME] })).told).toContain(`${NAME} new planned`);
    expect(uploads).toEqual([]);
    expect(world.library).toEqual([foreign]);
  });
});

describe('an order to apply', () => {
  it('uploads what is missing and reads it back, and then has nothing to do', async () => {
    const world = makeWorld();
    world.library.push(foreign);
    const { ports, uploads } = portsOf(world);
    expect(await sync(ports, APPLY)).toMatchObject({
      outcome: 'applied',
      library: 'holds the reviewed scripts',
      told: [`${NAME} new uploaded`, 'memdump.exe foreign as it was'],
    });
    expect(await sync(ports, APPLY)).toMatchObject({
      library: 'holds the reviewed scripts',
      told: [`${NAME} same as it was`, 'memdump.exe foreign as it was'].sort(),
    });
    expect(uploads).toEqual([`keep ${NAME}`]);
    expect(world.library).toContainEqual(foreign);
  });

  it('replaces a different one only when it is named, and tells what was there, whose and when', async () => {
    const world = makeWorld();
    world.library.push(tampered);
    const { ports, uploads } = portsOf(world);
    const refused = await sync(ports, APPLY);
    expect(refused).toMatchObject({ library: 'lacks reviewed scripts', told: [`${NAME} different refused`] });
    expect(refused.files[0]?.reason).toContain('put there by mallory on 2018-10-24T10:54:23Z');
    expect(world.library).toEqual([tampered]);

    const replaced = await sync(ports, REPLACE);
    expect(replaced).toMatchObject({ library: 'holds the reviewed scripts', told: [`${NAME} different replaced`] });
    expect(replaced.files[0]?.reason).toContain(`${'f'.repeat(64)} (put there by mallory on 2018-10-24T10:54:23Z)`);
    expect(uploads).toEqual([`replace ${NAME}`]);
    expect(world.library).toMatchObject([{ fileName: NAME, sha256: SCRIPT_SHA256 }]);
  });

  it('believes the list, not the answer to the upload', async () => {
    const world = makeWorld();
    const lying = portsOf(world, { uploadToLibrary: async () => ({ outcome: 'uploaded' }) });
    expect(await sync(lying.ports, APPLY)).toMatchObject({
      library: 'lacks reviewed scripts',
      told: [`${NAME} new failed`],
      files: [{ reason: expect.stringContaining('does not list it yet') }],
    });
    const raced = portsOf(world, {
      uploadToLibrary: async () => {
        world.library.push(tampered);
        return { outcome: 'exists' };
      },
    });
    expect(await sync(raced.ports, APPLY)).toMatchObject({
      told: [`${NAME} new failed`],
      files: [{ reason: expect.stringMatching(/meanwhile.*mallory/) }],
    });
  });

  it('says why an upload failed, unless the library shows that it did not', async () => {
    const world = makeWorld();
    const fault = new Error('Defender is away.');
    const failing = portsOf(world, { uploadToLibrary: () => Promise.reject(fault) });
    expect(await sync(failing.ports, APPLY)).toMatchObject({ files: [{ outcome: 'failed', reason: fault.message }] });
    const lost = portsOf(world, {
      uploadToLibrary: async (upload) => {
        await world.ports.defender.uploadToLibrary(upload);
        throw fault;
      },
    });
    expect(await sync(lost.ports, APPLY)).toMatchObject({ told: [`${NAME} new uploaded`] });
  });

  it('that names what is no reviewed script does nothing', async () => {
    const world = makeWorld();
    world.library.push(foreign);
    const { ports, uploads } = portsOf(world);
    expect(await syncLibrary(ports, { does: 'apply', replace: ['memdump.exe'] })).toMatchObject({
      outcome: 'wrong order',
      why: expect.stringContaining(NAME),
    });
    expect(uploads).toEqual([]);
  });

  it('leaves a line of telemetry with counts and no foreign text', async () => {
    const world = makeWorld();
    world.library.push(foreign);
    await sync(portsOf(world).ports, APPLY);
    expect(world.logs).toContainEqual({
      ...{ event: 'library sync', does: 'apply', same: 0, foreign: 1, planned: 0, refused: 0 },
      ...{ uploaded: 1, replaced: 0, failed: 0 },
    });
  });
});

describe('the timer', () => {
  it.each([
    ['collect', [`keep ${NAME}`]],
    ['observe', []],
    ['off', []],
  ] as const)('in mode %s uploads what is missing: %j', async (mode, expected) => {
    const world = makeWorld({ mode });
    const { ports, uploads } = portsOf(world);
    await keepLibrary(ports);
    expect(uploads).toEqual(expected);
  });

  it('asks Defender nothing while the collector is switched off', async () => {
    const world = makeWorld({ mode: 'off' });
    const listLibrary = () => Promise.reject(new Error('It was asked.'));
    await expect(keepLibrary(portsOf(world, { listLibrary }).ports)).resolves.toBeUndefined();
  });

  it('replaces nothing', async () => {
    const world = makeWorld();
    world.library.push(tampered);
    await keepLibrary(portsOf(world).ports);
    expect(world.library).toEqual([tampered]);
  });
});
