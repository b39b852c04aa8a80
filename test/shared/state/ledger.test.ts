import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Azurite, startAzurite } from '../../../local/storage/start-azurite.ts';
import { createLedger, type Ledger } from '../../../shared/state/ledger.ts';

let emulator: Azurite;
let ledger: Ledger;
beforeAll(async () => {
  emulator = await startAzurite();
  const table = TableClient.fromConnectionString(emulator.connectionString, 'ledger', {
    allowInsecureConnection: true,
  });
  await table.createTable();
  ledger = createLedger(table);
});
afterAll(() => emulator.close());

const id = (letter: string) => letter.repeat(32);

it('keeps a receipt, and knows none that was not written', async () => {
  await ledger.writeReceipt(id('f'), [id('a'), id('b')]);
  expect(await ledger.readReceipt(id('f'))).toEqual([id('a'), id('b')]);
  expect(await ledger.readReceipt(id('e'))).toBeNull();
});

it('tells when the last poll was', async () => {
  expect(await ledger.lastBeat()).toBeNull();
  await ledger.beat('2026-11-20T08:00:00.000Z', { running: 1 });
  await ledger.beat('2026-11-20T08:00:15.000Z', {});
  expect(await ledger.lastBeat()).toBe('2026-11-20T08:00:15.000Z');
});
