import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Azurite, startAzurite } from '../../../local/storage/start-azurite.ts';
import { createCallQuotas } from '../../../shared/state/call-quotas.ts';
import { createGovernor } from '../../../shared/state/governor.ts';
import { openSharedRow, readServiceTime, type SharedRowParts } from '../../../shared/state/shared-row.ts';
import { createTurn } from '../../../shared/state/turns.ts';

let emulator: Azurite;
let number = 0;

beforeAll(async () => {
  emulator = await startAzurite();
});
afterAll(() => emulator.close());

async function makeTable(): Promise<TableClient> {
  number += 1;
  const table = connect(`shared${number}`);
  await table.createTable();
  return table;
}

function connect(name: string): TableClient {
  return TableClient.fromConnectionString(emulator.connectionString, name, { allowInsecureConnection: true });
}

/** What an instance of its own brings: another client on the same table, counting its writes. */
function instance(table: TableClient, changes: Partial<SharedRowParts> = {}) {
  const own = connect(table.tableName);
  const counts = { writes: 0, waits: 0 };
  const { createEntity, updateEntity } = own;
  own.createEntity = (...rest) => {
    counts.writes += 1;
    return createEntity.apply(own, rest);
  };
  own.updateEntity = (...rest) => {
    counts.writes += 1;
    return updateEntity.apply(own, rest);
  };
  const parts: SharedRowParts = {
    table: own,
    wait: (ms) => {
      counts.waits += 1;
      return new Promise((resolve) => setTimeout(resolve, ms));
    },
    random: Math.random,
    readTime: readServiceTime,
    ...changes,
  };
  return { parts, counts };
}

const restore = (data: string | null) => ({
  state: data === null ? 0 : (JSON.parse(data) as number),
  stored: 'sound' as const,
});
const plusOne = (state: number) => ({ answer: state + 1, state: state + 1 });

describe('a row that instances change together', () => {
  it('loses no change of several instances at once', async () => {
    const table = await makeTable();
    const rows = Array.from({ length: 3 }, () =>
      openSharedRow(instance(table).parts, { partition: 'p', row: 'r', restore }),
    );
    const answers = await Promise.all(rows.flatMap((row) => Array.from({ length: 20 }, () => row.change(plusOne))));
    expect(answers.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    expect((await rows[0]?.read())?.state).toBe(60);
  });

  it('serves what one instance asks for at once by one write', async () => {
    const { parts, counts } = instance(await makeTable());
    const row = openSharedRow(parts, { partition: 'p', row: 'r', restore });
    await Promise.all(Array.from({ length: 50 }, () => row.change(plusOne)));
    expect(counts.writes).toBe(1);
  });

  it('writes nothing when nothing changes', async () => {
    const { parts, counts } = instance(await makeTable());
    const row = openSharedRow(parts, { partition: 'p', row: 'r', restore });
    expect(await row.change((state) => ({ answer: 'seen', state }))).toBe('seen');
    expect(counts.writes).toBe(0);
  });

  it('a loser waits before it reads again, and gives up after many times with an error that says so', async () => {
    const table = await makeTable();
    const other = openSharedRow(instance(table).parts, { partition: 'p', row: 'r', restore });
    const waits: number[] = [];
    const beaten = instance(table, {
      random: () => 1,
      wait: async (ms) => {
        waits.push(ms);
        await other.change(plusOne);
      },
    });
    const row = openSharedRow(beaten.parts, {
      partition: 'p',
      row: 'r',
      restore,
    });
    await other.change(plusOne);
    const always = openSharedRow(
      {
        ...beaten.parts,
        // Whatever it reads, somebody else has written since.
        readTime: (date) => readServiceTime(date),
        table: stale(beaten.parts.table),
      },
      { partition: 'p', row: 'r', restore },
    );
    await expect(always.change(plusOne)).rejects.toThrow(/changed by others too often/);
    expect(waits.slice(0, 7)).toEqual([10, 20, 40, 80, 160, 320, 500]);
    await expect(row.change(plusOne)).resolves.toBeGreaterThan(1);
  });

  it('a fault of the service is a fault of each change that waited for it, and the next one is written', async () => {
    const { parts } = instance(await makeTable());
    let refusals = 1;
    const { createEntity } = parts.table;
    parts.table.createEntity = (...rest) => {
      refusals -= 1;
      return refusals >= 0 ? Promise.reject(new Error('no connection')) : createEntity.apply(parts.table, rest);
    };
    const row = openSharedRow(parts, { partition: 'p', row: 'r', restore });
    const first = await Promise.allSettled([row.change(plusOne), row.change(plusOne)]);
    expect(first.map((settled) => settled.status)).toEqual(['rejected', 'rejected']);
    expect(await row.change(plusOne)).toBe(1);
  });

  it("goes by the service's clock, and refuses to go by none", async () => {
    const row = openSharedRow(instance(await makeTable()).parts, { partition: 'p', row: 'r', restore });
    const { now } = await row.read();
    expect(now.getMilliseconds()).toBe(0);
    expect(readServiceTime('Fri, 20 Nov 2026 08:00:00 GMT').toISOString()).toBe('2026-11-20T08:00:00.000Z');
    expect(() => readServiceTime(null)).toThrow(/its clock/);
    expect(() => readServiceTime('yesterday')).toThrow(/its clock/);
  });
});

/** A table whose rows are always changed by others before one writes. */
function stale(table: TableClient): TableClient {
  const copy = connect(table.tableName);
  copy.getEntity = async (...rest) => {
    const found = await table.getEntity(...rest);
    return { ...found, etag: 'W/"datetime\'2020-01-01T00%3A00%3A00.0000000Z\'"' } as never;
  };
  return copy;
}

describe('quotas over several instances', () => {
  const names = (count: number, from: number) =>
    Array.from({ length: count }, (_, index) => ({
      name: { collectionId: `c${from + index}`, session: 0, attempt: 1 },
      reach: 'unknown' as const,
    }));

  it('I2: three instances that ask at once are granted ten starts in all', async () => {
    const table = await makeTable();
    const limits = { startsPerMinute: 10, sessions: 20 };
    const governors = [0, 1, 2].map(() => createGovernor(instance(table).parts, limits));
    const decisions = await Promise.all(governors.map((governor, index) => governor.grantStarts(names(8, index * 8))));
    expect(decisions.flat().filter((decision) => decision.decision === 'granted')).toHaveLength(10);
    expect(await governors[0]?.listLeases()).toHaveLength(10);
  });

  it('I2: three instances that call at once are granted a hundred calls in all, and another quota has its own', async () => {
    const table = await makeTable();
    const limits = { perMinute: 100, perHour: 1_500 };
    const quotas = [0, 1, 2].map(() => createCallQuotas(instance(table).parts, limits));
    const grants = await Promise.all(
      quotas.flatMap((quota) => Array.from({ length: 50 }, () => quota.grantCall('alert'))),
    );
    expect(grants.filter((grant) => grant.grant === 'granted')).toHaveLength(100);
    expect(await quotas[1]?.grantCall('alert')).toMatchObject({ grant: 'later' });
    expect(await quotas[1]?.grantCall('machine')).toEqual({ grant: 'granted' });
  });

  it('I11: what Defender asked one instance to wait holds for all', async () => {
    const table = await makeTable();
    const limits = { perMinute: 100, perHour: 1_500 };
    const [one, other] = [0, 1].map(() => createCallQuotas(instance(table).parts, limits));
    await one?.block('alert', 300_000);
    const grant = await other?.grantCall('alert');
    expect(grant).toMatchObject({ grant: 'later' });
    expect((await other?.read('alert'))?.blockedUntil).not.toBeNull();
  });

  it('of several instances one lists, and none again before its time', async () => {
    const table = await makeTable();
    let nowMs = Date.parse('2026-11-20T08:00:00.000Z');
    const turns = [0, 1, 2].map(() => createTurn(instance(table, { readTime: () => new Date(nowMs) }).parts, 'list'));
    const take = () => Promise.all(turns.map((turn) => turn.take(12_000)));
    expect((await take()).filter((turn) => turn === 'ours')).toHaveLength(1);
    nowMs += 11_999;
    expect(await take()).toEqual(['not yet', 'not yet', 'not yet']);
    nowMs += 1;
    expect((await take()).filter((turn) => turn === 'ours')).toHaveLength(1);
  });

  it('a damaged row of the starts grants none for two minutes, and then is as new', async () => {
    const table = await makeTable();
    let nowMs = Date.parse('2026-11-20T08:00:00.000Z');
    await table.createEntity({ partitionKey: 'quota', rowKey: 'live response', schema: 1, data: '{"starts":7}' });
    const governor = createGovernor(instance(table, { readTime: () => new Date(nowMs) }).parts, {
      startsPerMinute: 10,
      sessions: 20,
    });
    expect(await governor.findRoom()).toMatchObject({ starts: 0 });
    nowMs += 119_000;
    expect(await governor.findRoom()).toMatchObject({ starts: 0 });
    nowMs += 2_000;
    expect(await governor.findRoom()).toMatchObject({ starts: 10 });
  });

  it('a damaged row of calls is begun anew', async () => {
    const table = await makeTable();
    await table.createEntity({ partitionKey: 'quota', rowKey: 'alert', schema: 1, data: 'not JSON' });
    const quotas = createCallQuotas(instance(table).parts, { perMinute: 100, perHour: 1_500 });
    expect(await quotas.grantCall('alert')).toEqual({ grant: 'granted' });
  });
});
