import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Azurite, startAzurite } from '../../../local/storage/start-azurite.ts';
import { createDailyCounts } from '../../../shared/state/daily-counts.ts';

let emulator: Azurite;
let table: TableClient;
let now = new Date('2026-11-20T23:00:00.000Z');

beforeAll(async () => {
  emulator = await startAzurite();
  table = TableClient.fromConnectionString(emulator.connectionString, 'counts', { allowInsecureConnection: true });
  await table.createTable();
});
afterAll(() => emulator.close());

const instance = () =>
  createDailyCounts({ table, wait: async () => undefined, random: () => 0.5, readTime: () => now });

describe("a caller's day", () => {
  it('is one limit over all instances, and another for each caller', async () => {
    const [one, two] = [instance(), instance()];
    expect(await one.add('a', 3, 5)).toEqual({ count: 'within' });
    expect(await two.add('a', 3, 5)).toEqual({ count: 'over', afterSeconds: 3_600 });
    expect(await two.add('a', 2, 5)).toEqual({ count: 'within' });
    expect(await one.add('a', 1, 5)).toMatchObject({ count: 'over' });
    expect(await one.add('b', 5, 5)).toEqual({ count: 'within' });
  });

  it('counts what comes at once exactly', async () => {
    const instances = [instance(), instance(), instance()];
    const adding = Array.from({ length: 30 }, (_, number) => instances[number % 3]?.add('c', 1, 10));
    const counts = await Promise.all(adding);
    expect(counts.filter((count) => count?.count === 'within')).toHaveLength(10);
  });

  it('begins anew at midnight UTC', async () => {
    now = new Date('2026-11-21T00:00:00.000Z');
    expect(await instance().add('a', 5, 5)).toEqual({ count: 'within' });
    expect(await instance().add('a', 1, 5)).toEqual({ count: 'over', afterSeconds: 86_400 });
  });
});
