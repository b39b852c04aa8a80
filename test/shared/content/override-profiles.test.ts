import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { overrideProfiles } from '../../../shared/content/override-profiles.ts';
import { readProfile } from '../../../shared/content/read-profiles.ts';

const text = await readFile(new URL('../../../profiles/linux-triage.yaml', import.meta.url), 'utf8');
const NAME = 'linux-triage.yaml';

function open() {
  const read = readProfile(NAME, text);
  if (read.outcome === 'faulty') throw new Error(read.faults.join());
  const blobs = new Map<string, { etag: string; text: string }>();
  const world = { blobs, notes: [] as string[], reads: 0, lists: 0, isAway: false, nowMs: 0 };
  const profiles = overrideProfiles({
    source: {
      list: async () => {
        world.lists += 1;
        if (world.isAway) throw new Error('away');
        return [...blobs].map(([name, { etag }]) => ({ name, etag }));
      },
      read: async (name) => {
        world.reads += 1;
        return blobs.get(name)?.text ?? '';
      },
    },
    shipped: async () => [read.profile],
    scripts: async () => new Map([['evidence-triage.sh', { sha256: 'c'.repeat(64) }]]),
    now: () => new Date(world.nowMs),
    note: (what, name, where) => world.notes.push(`${what} ${name} ${where}`.trim()),
  });
  /** The order of the one profile, a minute later: it tells which version is in force. */
  const ask = async () => {
    world.nowMs += 60_000;
    return (await profiles()).map(({ order }) => order);
  };
  const put = (etag: string, order: number | string, name = NAME) =>
    blobs.set(name, { etag, text: text.replace('order: 9000', `order: ${order}`) });
  return { ...world, world, profiles, ask, put };
}

describe('overrideProfiles', () => {
  it('takes the place of the shipped profile, until it is gone', async () => {
    const { ask, put, world, blobs } = open();
    expect(await ask()).toEqual([9000]);
    put('1', 17);
    expect(await ask()).toEqual([17]);
    blobs.clear();
    expect(await ask()).toEqual([9000]);
    expect(world.notes).toEqual([`taken ${NAME}`]);
  });

  it('is read again only when its ETag changed, and listed once a minute', async () => {
    const { ask, put, world, profiles } = open();
    put('1', 17);
    await ask();
    await ask();
    await profiles();
    expect([world.lists, world.reads]).toEqual([2, 1]);
    put('2', 18);
    expect(await ask()).toEqual([18]);
  });

  it.each([
    ['that is no profile', 'soon', `refused ${NAME} ${NAME}:10:8`],
    ['with a key of no meaning', `1\nx: y`, `refused ${NAME} ${NAME}:11:1`],
  ])('a bad one %s leaves the old in force and says so', async (_, order, note) => {
    const { ask, put, world } = open();
    put('1', 17);
    await ask();
    put('2', order);
    expect(await ask()).toEqual([17]);
    expect(world.notes.at(-1)).toBe(note);
  });

  it.each([
    ['another script', (yaml: string) => yaml.replaceAll('evidence-triage.sh', 'other.sh')],
    [
      'a script that it pins itself',
      (yaml: string) =>
        yaml.replace(
          /collect:[\s\S]*?tests:/,
          `collect:\n  run:\n    - {script: other.sh, args: x, sha256: "${'e'.repeat(64)}"}\ntests:`,
        ),
    ],
  ])('may not run %s', async (_, change) => {
    const { ask, blobs, world } = open();
    blobs.set(NAME, { etag: '1', text: change(text).replace('order: 9000', 'order: 17') });
    expect(await ask()).toEqual([9000]);
    expect(world.notes).toEqual([`refused ${NAME} a script that is not in library/lock.json`]);
  });

  it('may not add a profile', async () => {
    const { ask, put, world } = open();
    put('1', 17, 'new.yaml');
    expect(await ask()).toEqual([9000]);
    expect(world.notes).toEqual(['refused new.yaml no such profile']);
  });

  it('what was read stays in force while the source is away; what never was read is not guessed', async () => {
    const { ask, put, world } = open();
    put('1', 17);
    world.isAway = true;
    await expect(ask()).rejects.toThrow('away');
    world.isAway = false;
    await ask();
    world.isAway = true;
    expect(await ask()).toEqual([17]);
    expect(world.notes.at(-1)).toMatch(/^not readable/);
  });
});
