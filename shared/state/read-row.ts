import type { TableClient } from '@azure/data-tables';
import type { Row } from './row-codec.ts';
import { whyNotWritten } from './table-errors.ts';

/** A row with its ETag, null when there is none. */
export async function readRow(
  table: TableClient,
  partitionKey: string,
  rowKey: string,
): Promise<{ readonly data: string; readonly schema: number; readonly version: string } | null> {
  try {
    const row = await table.getEntity<Row>(partitionKey, rowKey);
    return { data: row.data, schema: row.schema, version: row.etag };
  } catch (fault) {
    if (whyNotWritten(fault) === 'absent') return null;
    throw fault;
  }
}

/** Deletes a row; one that is not there is fine. */
export async function deleteRow(table: TableClient, partitionKey: string, rowKey: string): Promise<void> {
  try {
    await table.deleteEntity(partitionKey, rowKey);
  } catch (fault) {
    if (whyNotWritten(fault) !== 'absent') throw fault;
  }
}
