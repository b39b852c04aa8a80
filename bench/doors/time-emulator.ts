import { createHash } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { createCollections } from '../../shared/state/collections.ts';
import { createLedger } from '../../shared/state/ledger.ts';
import type { Collection } from '../../shared/domain/collection.ts';
import { chainFacts, NO_CUSTODY } from '../../shared/domain/custody.ts';
import { received } from '../../test/shared/state/received-sample.ts';
import { measure, type Timing } from './measure.ts';

/** Times what a receipt writes, on a table of its own and with nothing around it. */
export async function timeEmulator(connectionString: string, count: number, atOnce: number): Promise<Timing> {
  const table = TableClient.fromConnectionString(connectionString, 'benchdoors', { allowInsecureConnection: true });
  await table.createTable();
  const ledger = createLedger(table);
  const collections = createCollections(table);
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const fact = { event: 'received', actor: 'http', detail: { alert: 'a', machine: 'm' } };
  return measure(count, atOnce, async (number) => {
    const id = sha256(`bench ${number}`).slice(0, 32);
    const { lines, head } = chainFacts(NO_CUSTODY, [fact], received.receivedAt, sha256);
    const collection: Collection = { ...received, id, custody: head };
    await collections.create(collection, lines);
    await ledger.writeReceipt(id, [id]);
  });
}
