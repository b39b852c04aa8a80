import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Azurite, startAzurite } from '../../../local/storage/start-azurite.ts';
import { leaveRun, NO_ROUND, passCollection } from '../../../shared/domain/fixity-round.ts';
import { createFixityRounds } from '../../../shared/state/fixity-rounds.ts';
import { createFindingRows } from '../../../shared/state/finding-rows.ts';
import { readServiceTime } from '../../../shared/state/shared-row.ts';
import { rememberRows } from '../../memory/memory-rows.ts';
import { connectRows } from '../../memory/table-on-rows.ts';

let emulator: Azurite;
beforeAll(async () => {
  emulator = await startAzurite();
});
afterAll(() => emulator.close());

let tables = 0;
/** A table that is empty. */
const stores: readonly (readonly [string, () => Promise<TableClient>])[] = [
  [
    'Azurite',
    async () => {
      tables += 1;
      const options = { allowInsecureConnection: true };
      const table = TableClient.fromConnectionString(emulator.connectionString, `fixity${tables}`, options);
      await table.createTable();
      return table;
    },
  ],
  ['memory', async () => connectRows(rememberRows(), () => new Date())],
];

const rounds = (table: TableClient) =>
  createFixityRounds({ table, wait: async () => undefined, random: Math.random, readTime: readServiceTime });
const id = (number: number) => String(number).padStart(32, '0');

describe.each(stores)('rounds of checks, kept in %s', (_name, open) => {
  it('of instances that ask at once, one gets the run', async () => {
    const table = await open();
    const taken = await Promise.all([1, 2, 3, 4].map(() => rounds(table).takeRun(0)));
    expect(taken.filter((round) => round !== null)).toHaveLength(1);
  });

  it('goes on where it was left, and begins anew only after its time', async () => {
    const table = await open();
    const first = await rounds(table).takeRun(0);
    if (first === null) throw new Error('The run was not given.');
    await rounds(table).saveRound(leaveRun(passCollection(first, 'a key'), 'under way'));
    const second = await rounds(table).takeRun(3_600_000);
    expect(second).toMatchObject({ after: 'a key', stage: 'under way', beganAt: first.beganAt });
    await rounds(table).saveRound(leaveRun(second ?? NO_ROUND, 'done'));
    expect(await rounds(table).takeRun(3_600_000)).toBeNull();
    expect(await rounds(table).takeRun(0)).toMatchObject({ after: null, stage: 'under way' });
  });

  it('begins anew where its row is damaged', async () => {
    const table = await open();
    const row = { partitionKey: 'fixity', rowKey: 'round', schema: 1, data: '{"after":7}' };
    await table.upsertEntity(row, 'Replace');
    expect(await rounds(table).takeRun(3_600_000)).toMatchObject({ after: null, stage: 'under way' });
  });

  it('lists every collection once, the newest first, some at a time', async () => {
    const table = await open();
    const { noteReceived } = createFindingRows(table);
    const count = 60;
    for (let number = 0; number < count; number += 1)
      await noteReceived({
        id: id(number),
        receivedAt: new Date(Date.UTC(2026, 0, 1, 0, number)).toISOString(),
        alertId: 'da1_1',
      });
    const seen: string[] = [];
    let pages = 0;
    for (let page = await rounds(table).listAfter(null); page.length > 0; pages += 1) {
      seen.push(...page.map((placed) => placed.id));
      page = await rounds(table).listAfter(page.at(-1)?.key ?? null);
    }
    expect(seen).toEqual(Array.from({ length: count }, (_, number) => id(count - 1 - number)));
    expect(pages).toBe(2);
  });
});
