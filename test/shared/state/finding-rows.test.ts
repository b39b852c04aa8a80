import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Azurite, startAzurite } from '../../../local/storage/start-azurite.ts';
import { basisOf, type Collection } from '../../../shared/domain/collection.ts';
import type { CollectionQuery } from '../../../shared/domain/collection-query.ts';
import type { Result } from '../../../shared/domain/result.ts';
import { findCollections } from '../../../shared/pipeline/find-collections.ts';
import { type CollectionsTable, createCollections } from '../../../shared/state/collections.ts';
import { received } from './received-sample.ts';

const MACHINE = 'a'.repeat(40);
const HELD = '1'.repeat(64);
const INSIDE = '2'.repeat(64);
let emulator: Azurite;
let collections: CollectionsTable;

const id = (letter: string) => letter.repeat(32);
const any: CollectionQuery = { statuses: null, machineId: null, alertId: null, incidentId: null, sha256: null };
const find = async (query: Partial<CollectionQuery>, limit = 50, from: string | null = null) => {
  const found = await findCollections(collections, { ...any, ...query }, { limit, from });
  return { ids: found.collections.map((collection) => collection.id[0]).join(''), next: found.next };
};

const stored = {
  ...{ session: 0, index: 0, command: 'GetFile', subject: '/x', failure: null, status: 'stored' },
  item: {
    ...{ path: 'data/x', bytes: 1, sha256: HELD, sha1: '', md5: '', report: null, storedAt: '' },
    inside: { bytes: 1, sha256: INSIDE, sha1: '', md5: '' },
  },
} satisfies Result;

async function create(letter: string, minute: string, more: Partial<Collection> = {}): Promise<Collection> {
  const receivedAt = `2026-11-20T08:${minute}:00.000Z`;
  const collection = { ...received, id: id(letter), receivedAt, alertId: `da_${letter}`, ...more } as Collection;
  await collections.create(collection, []);
  return collection;
}

/** Saves a collection as ended, and notes it as its closing does. */
async function end(collection: Collection, more: Partial<Collection>): Promise<void> {
  const loaded = await collections.load(collection.id);
  if (loaded === null) throw new Error('It is not there.');
  const ended = { endedAt: '2026-11-20T09:00:00.000Z', reason: 'A test.' };
  const next = { ...basisOf(collection), status: 'skipped', ...ended, ...more } as Collection;
  await collections.save(loaded, next, []);
  await collections.noteEnded(next);
}

beforeAll(async () => {
  emulator = await startAzurite();
  const table = TableClient.fromConnectionString(emulator.connectionString, 'finding', {
    allowInsecureConnection: true,
  });
  await table.createTable();
  collections = createCollections(table);
  const [a, b] = [await create('a', '01'), await create('b', '02', { alertId: "it's" })];
  await create('c', '03');
  await create('d', '04', { machineId: MACHINE, incidentId: '7' });
  await end(a, { machineId: MACHINE, incidentId: '7' });
  await end(b, { status: 'failed', results: [stored], sealed: null, plan: null } as Partial<Collection>);
});
afterAll(() => emulator.close());

describe('collections are found', () => {
  it('all of them, the newest first, page by page to the end', async () => {
    const first = await find({}, 3);
    expect(first).toEqual({ ids: 'dcb', next: expect.any(String) });
    expect(await find({}, 3, first.next)).toEqual({ ids: 'a', next: null });
    expect(await find({}, 4)).toEqual({ ids: 'dcba', next: null });
  });

  it.each<readonly [string, Partial<CollectionQuery>, string]>([
    ['by status', { statuses: ['received'] }, 'dc'],
    ['by several statuses', { statuses: ['received', 'failed'] }, 'dcb'],
    ['by an ended status', { statuses: ['skipped'] }, 'a'],
    ['by machine, open and ended', { machineId: MACHINE }, 'da'],
    ['by alert', { alertId: 'da_c' }, 'c'],
    ['by an alert with a quote in its id', { alertId: "it's" }, 'b'],
    ['by incident', { incidentId: '7' }, 'da'],
    ['by all of them', { incidentId: '7', machineId: MACHINE, statuses: ['skipped'], alertId: 'da_a' }, 'a'],
    ['by a file that the package holds', { sha256: HELD }, 'b'],
    ['by the content of a gzip', { sha256: INSIDE }, 'b'],
    ['by a file and a status that is another', { sha256: HELD, statuses: ['collected'] }, ''],
    ['by a file that no package holds', { sha256: '3'.repeat(64) }, ''],
  ])('%s', async (_, query, ids) => {
    expect(await find(query)).toEqual({ ids, next: null });
  });

  it('however rare: a page that finds nothing among its candidates says where to go on', async () => {
    for (let number = 10; number < 30; number += 1)
      await create('f', String(number), { id: `${number}`.padEnd(32, 'f'), machineId: 'b'.repeat(40) });
    let from: string | null = null;
    let ids = '';
    for (let pages = 0; pages < 30; pages += 1) {
      const page = await find({ machineId: MACHINE }, 2, from);
      ids += page.ids;
      from = page.next;
      if (from === null) break;
    }
    expect({ ids, from }).toEqual({ ids: 'da', from: null });
  });

  it('one that was claimed twice at once is listed once, in its place', async () => {
    // Each claim writes the row by which it is found before it knows that another was quicker.
    const late = { id: id('9'), alertId: 'da_9' };
    await Promise.all([create('9', '58', late), create('9', '57', late), create('9', '59', late)]);
    expect((await find({ alertId: 'da_9' })).ids).toBe('9');
    let [ids, from]: [string, string | null] = ['', null];
    do {
      const page: Awaited<ReturnType<typeof find>> = await find({ alertId: 'da_9' }, 1, from);
      ids += page.ids;
      from = page.next;
    } while (from !== null);
    expect(ids).toBe('9');
  });

  it('an ended one whose closing was cut short is found all the same', async () => {
    const collection = await create('e', '05');
    const loaded = await collections.load(collection.id);
    if (loaded === null) throw new Error('It is not there.');
    const ended = { status: 'skipped', endedAt: '2026-11-20T09:00:00.000Z', machineId: 'c'.repeat(40) };
    await collections.save(loaded, { ...basisOf(collection), ...ended } as Collection, []);
    expect(await find({ machineId: 'c'.repeat(40), statuses: ['skipped'] })).toMatchObject({ ids: 'e' });
  });
});
