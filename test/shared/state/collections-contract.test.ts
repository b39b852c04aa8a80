import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Azurite, startAzurite } from '../../../local/storage/start-azurite.ts';
import type { Collection } from '../../../shared/domain/collection.ts';
import type { CollectionsPort, ControlPort, GovernorPort, LanesPort } from '../../../shared/pipeline/ports.ts';
import { createCollections } from '../../../shared/state/collections.ts';
import { createControl } from '../../../shared/state/control.ts';
import { createGovernor } from '../../../shared/state/governor.ts';
import { createLanes } from '../../../shared/state/lanes.ts';
import { rememberCollections, rememberControl, rememberLanes, rememberQuota } from '../../memory/memory-state.ts';
import { received } from './received-sample.ts';

interface Subject {
  readonly collections: CollectionsPort;
  readonly lanes: LanesPort;
  readonly governor: GovernorPort;
  readonly control: ControlPort;
}

const limits = { startsPerMinute: 10, sessions: 20 };
const fixed = () => new Date('2026-11-20T08:00:00.000Z');
let emulator: Azurite;
let number = 0;

beforeAll(async () => {
  emulator = await startAzurite();
});
afterAll(() => emulator.close());

async function inTable(): Promise<Subject> {
  number += 1;
  const table = TableClient.fromConnectionString(emulator.connectionString, `contract${number}`, {
    allowInsecureConnection: true,
  });
  await table.createTable();
  const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const shared = { table, wait, random: Math.random, readTime: fixed };
  return {
    collections: createCollections(table),
    lanes: createLanes(shared),
    governor: createGovernor(shared, limits),
    control: createControl(table),
  };
}

async function inMemory(): Promise<Subject> {
  return {
    collections: rememberCollections(),
    lanes: rememberLanes(),
    governor: rememberQuota(limits, fixed),
    control: rememberControl(),
  };
}

function collection(id: string, changes: Partial<Pick<Collection, 'severity' | 'receivedAt'>> = {}): Collection {
  return { ...received, id: id.repeat(32).slice(0, 32), ...changes };
}

const line = (count: number) => ({ number: count, line: `{"number":${count}}` });

it('what is read of a collection bears the table service’s time', async () => {
  const { collections } = await inTable();
  await collections.create(collection('a'), [line(1)]);
  const fromMs = Date.now() - 1_000;
  const readMs = Date.parse((await collections.load(collection('a').id))?.readAt ?? '');
  expect(readMs).toBeGreaterThanOrEqual(fromMs);
  expect(readMs).toBeLessThanOrEqual(Date.now() + 1_000);
});

describe.each([
  ['in memory', inMemory],
  ['in Table Storage', inTable],
])('state %s', (_, open) => {
  it('I1: a claim is create-only: of many at once exactly one creates, and all find the same collection', async () => {
    const { collections } = await open();
    const claims = await Promise.all(Array.from({ length: 10 }, () => collections.create(collection('a'), [line(1)])));
    expect(claims.filter((claim) => claim === 'created')).toHaveLength(1);
    expect((await collections.load(collection('a').id))?.collection).toEqual(collection('a'));
    expect(await collections.readCustody(collection('a').id)).toEqual(['{"number":1}']);
  });

  it('a save with a stale version changes nothing, not even the custody log', async () => {
    const { collections } = await open();
    await collections.create(collection('a'), [line(1)]);
    const loaded = await collections.load(collection('a').id);
    if (loaded === null) throw new Error('not stored');
    expect(await collections.save(loaded, { ...loaded.collection, tries: 1 }, [line(2)])).toBe('saved');
    expect(await collections.save(loaded, { ...loaded.collection, tries: 9 }, [line(3)])).toBe('changed meanwhile');
    expect((await collections.load(collection('a').id))?.collection.tries).toBe(1);
    expect(await collections.readCustody(collection('a').id)).toEqual(['{"number":1}', '{"number":2}']);
  });

  it('of many saves of one version exactly one is kept', async () => {
    const { collections } = await open();
    await collections.create(collection('a'), [line(1)]);
    const loaded = await collections.load(collection('a').id);
    if (loaded === null) throw new Error('not stored');
    const saves = await Promise.all(
      Array.from({ length: 8 }, (_unused, tries) =>
        collections.save(loaded, { ...loaded.collection, tries }, [line(2)]),
      ),
    );
    expect(saves.filter((save) => save === 'saved')).toHaveLength(1);
    expect(await collections.readCustody(collection('a').id)).toHaveLength(2);
  });

  it('keeps results in their order, changed ones included', async () => {
    const { collections } = await open();
    await collections.create(collection('a'), []);
    const loaded = await collections.load(collection('a').id);
    if (loaded === null) throw new Error('not stored');
    const basis = { session: 0, command: 'GetFile' as const, subject: '/etc/passwd', failure: null };
    const results = Array.from({ length: 12 }, (_unused, index) => ({ ...basis, index, status: 'planned' as const }));
    await collections.save(loaded, { ...loaded.collection, results }, []);
    const again = await collections.load(collection('a').id);
    if (again === null) throw new Error('not stored');
    expect(again.collection.results).toEqual(results);
    const changed = again.collection.results.map((result) =>
      result.index === 3 ? { ...basis, index: 3, failure: 'Gone.', status: 'missing' as const } : result,
    );
    await collections.save(again, { ...again.collection, results: changed }, []);
    expect((await collections.load(collection('a').id))?.collection.results).toEqual(changed);
  });

  it('lists open collections, the most severe first, then the oldest, until they are closed', async () => {
    const { collections } = await open();
    const late = '2026-11-20T09:00:00.000Z';
    await collections.create(collection('a'), []);
    await collections.create(collection('b', { severity: 'High', receivedAt: late }), []);
    await collections.create(collection('c', { severity: 'High' }), []);
    const ids = async () => (await collections.listOpen()).map((row) => row.id[0]);
    expect(await ids()).toEqual(['c', 'b', 'a']);
    await collections.close(collection('c').id);
    await collections.close(collection('c').id);
    expect(await ids()).toEqual(['b', 'a']);
  });

  it('an open collection that fell out of the index is in it again when its alert is sent again', async () => {
    const { collections } = await open();
    await collections.create(collection('a'), []);
    await collections.close(collection('a').id);
    expect(await collections.create(collection('a'), [])).toBe('exists');
    expect((await collections.listOpen()).map((row) => row.id)).toEqual([collection('a').id]);
  });

  it('lists only as many open ones as are asked for', async () => {
    const { collections } = await open();
    for (const id of ['a', 'b', 'c']) await collections.create(collection(id), []);
    expect(await collections.listOpen(2)).toHaveLength(2);
  });

  it('a severity that was looked up counts from then on', async () => {
    const { collections } = await open();
    await collections.create(collection('a'), []);
    await collections.create(collection('b'), []);
    const loaded = await collections.load(collection('b').id);
    if (loaded === null) throw new Error('not stored');
    await collections.save(loaded, { ...loaded.collection, severity: 'High' }, []);
    expect((await collections.listOpen()).map((row) => row.id[0])).toEqual(['b', 'a']);
  });

  it('a pair belongs to its first claimant for ever', async () => {
    const { collections } = await open();
    const owners = await Promise.all(['x', 'y', 'z'].map((id) => collections.claimPair('p'.repeat(32), id)));
    expect(new Set(owners).size).toBe(1);
    expect(await collections.claimPair('p'.repeat(32), 'w')).toBe(owners[0]);
  });

  const AT = '2026-11-20T08:00:00.000Z';

  const attemptOf = (collectionId: string, attempt = 1) => ({ collectionId, session: 0, attempt });

  it('a lane has one holder, who alone can leave it', async () => {
    const { lanes } = await open();
    const answers = await Promise.all(['x', 'y', 'z'].map((id) => lanes.take('m1', attemptOf(id), AT)));
    expect(answers.filter((answer) => answer.lane === 'ours')).toHaveLength(1);
    const id = ['x', 'y', 'z'][answers.findIndex((answer) => answer.lane === 'ours')] ?? '';
    await lanes.leave('m1', 'somebody else/0/1');
    expect(await lanes.take('m1', attemptOf('w'), AT)).toEqual({ lane: 'held', by: id, holder: `${id}/0/1` });
    await lanes.leave('m1', `${id}/0/1`);
    expect(await lanes.take('m1', attemptOf('w'), AT)).toEqual({ lane: 'ours' });
  });

  it('what an earlier attempt leaves late is not what a later one of the same collection holds', async () => {
    const { lanes } = await open();
    await lanes.take('m1', attemptOf('x', 1), AT);
    expect(await lanes.take('m1', attemptOf('x', 2), AT)).toEqual({ lane: 'ours' });
    await lanes.leave('m1', 'x/0/1');
    expect(await lanes.take('m1', attemptOf('w'), AT)).toMatchObject({ lane: 'held', by: 'x' });
  });

  it("a lane that was yielded is nobody's until then", async () => {
    const { lanes } = await open();
    const until = '2026-11-20T09:00:00.000Z';
    await lanes.take('m1', attemptOf('x'), AT);
    await lanes.yieldUntil('m1', until);
    expect(await lanes.take('m1', attemptOf('x'), AT)).toEqual({ lane: 'yielded', until });
    expect(await lanes.take('m1', attemptOf('x'), until)).toEqual({ lane: 'ours' });
  });

  it('of many that would be host of a machine one is, and another only in its place', async () => {
    const { lanes } = await open();
    expect(await lanes.readHost('m1')).toBeNull();
    const hosts = await Promise.all(['x', 'y', 'z'].map((id) => lanes.becomeHost('m1', null, id)));
    expect(new Set(hosts).size).toBe(1);
    const host = hosts[0] ?? '';
    expect(await lanes.becomeHost('m1', 'not the host', 'w')).toBe(host);
    expect(await lanes.becomeHost('m1', host, 'w')).toBe('w');
    expect(await lanes.readHost('m1')).toBe('w');
  });

  it('a pause is read until it is taken back, and a requestor once it was named', async () => {
    const { control } = await open();
    expect(await control.readPause()).toBeNull();
    await control.pause({ at: AT, by: 'ada', reason: 'a drill' });
    expect(await control.readPause()).toEqual({ at: AT, by: 'ada', reason: 'a drill' });
    await control.resume();
    await control.resume();
    expect(await control.readPause()).toBeNull();
    expect(await control.readRequestor()).toBeNull();
    await control.noteRequestor('collector');
    expect(await control.readRequestor()).toBe('collector');
  });

  it('one that is set aside is no longer open', async () => {
    const { collections } = await open();
    await collections.create(collection('a'), [line(1)]);
    await collections.setAside(collection('a').id, 'unreadable-row');
    expect(await collections.listOpen()).toEqual([]);
  });

  it('I2: of many starts asked for at once only as many are granted as the quota has', async () => {
    const { governor } = await open();
    const names = Array.from({ length: 25 }, (_unused, attempt) => ({ collectionId: 'c', session: 0, attempt }));
    const grants = await Promise.all(names.map((name) => governor.grantStarts([{ name, reach: 'unknown' }])));
    expect(grants.flat().filter((grant) => grant.decision === 'granted')).toHaveLength(10);
    expect(await governor.listLeases()).toHaveLength(10);
  });

  it('the same attempt has one lease, until it is given back', async () => {
    const { governor } = await open();
    const name = { collectionId: 'c', session: 0, attempt: 1 };
    await governor.grantStarts([{ name, reach: 'unknown' }]);
    await governor.grantStarts([{ name, reach: 'unknown' }]);
    expect(await governor.listLeases()).toHaveLength(1);
    await governor.giveBack(name);
    await governor.giveBack(name);
    expect(await governor.listLeases()).toHaveLength(0);
  });
});
