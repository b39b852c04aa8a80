import { randomUUID } from 'node:crypto';
import type { TableClient } from '@azure/data-tables';
import { RestError } from '@azure/storage-blob';
import { adviseOnRefusal, describeFault } from './describe-fault.ts';
import { type Finding, ok, wrong } from './finding.ts';
import { longest } from './longest.ts';

const CHECK = 'state: table';
const RIGHTS = 'Give the identity Storage Table Data Contributor on StateStorage, or correct StateStorage.';

/** Writes, reads and deletes a row of its own in the table of all state. */
export async function checkTable(table: TableClient, by: 'connection string' | 'identity'): Promise<Finding> {
  const row = { partitionKey: 'doctor', rowKey: randomUUID() };
  let act = 'written';
  try {
    await table.createEntity({ ...row, at: 'now' }, longest());
    act = 'read';
    await table.getEntity(row.partitionKey, row.rowKey, longest());
    act = 'deleted';
    await table.deleteEntity(row.partitionKey, row.rowKey, longest());
  } catch (fault) {
    if (act === 'written' && fault instanceof RestError && fault.statusCode === 404)
      return wrong(
        CHECK,
        `There is no table ${table.tableName}.`,
        'Deploy infra/main.bicep, or start the app once: it makes the table where it may.',
      );
    return wrong(CHECK, `A row cannot be ${act}. ${describeFault(fault)}`, adviseOnRefusal(fault, by, RIGHTS));
  }
  return ok(CHECK, 'A row can be written, read and deleted.');
}
