import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Azurite, startAzurite } from '../../../local/storage/start-azurite.ts';
import { createCollections } from '../../../shared/state/collections.ts';
import { received } from './received-sample.ts';

let emulator: Azurite;
let table: TableClient;
beforeAll(async () => {
  emulator = await startAzurite();
  table = TableClient.fromConnectionString(emulator.connectionString, 'poisoned', { allowInsecureConnection: true });
  await table.createTable();
});
afterAll(() => emulator.close());

it('I10: an index row that cannot be read is listed by its key and hides no other', async () => {
  const collections = createCollections(table);
  await table.createEntity({ partitionKey: 'open', rowKey: 'a'.repeat(32), data: '{"id":' });
  await table.createEntity({
    partitionKey: 'open',
    rowKey: 'b'.repeat(32),
    data: JSON.stringify({ id: 'b'.repeat(32), rank: 4, receivedAt: '2026-11-20T08:00:00.000Z' }),
  });
  expect((await collections.listOpen()).map((row) => row.id)).toEqual(['b'.repeat(32), 'a'.repeat(32)]);
});

it('the list of collections has a repeated alert once', async () => {
  const collections = createCollections(table);
  for (const minute of ['01', '02', '03'])
    await collections.create({ ...received, receivedAt: `2026-11-20T08:${minute}:00.000Z` }, []);
  const all = { statuses: null, machineId: null, alertId: null, incidentId: null, sha256: null };
  const { candidates } = await collections.listCandidates(all, 10, null);
  expect(candidates.map(({ id }) => id)).toEqual([received.id]);
});
