import { odata, type TableClient } from '@azure/data-tables';
import { rankSeverity } from '../domain/alert.ts';
import type { Collection } from '../domain/collection.ts';
import { deleteRow } from './read-row.ts';
import { type Row, SCHEMA_VERSION } from './row-codec.ts';

const PARTITION = 'open';

/** A collection that has not come to its end, as the index knows it. */
export interface OpenRow {
  readonly id: string;
  readonly rank: number;
  readonly receivedAt: string;
}

/** The index of open collections: a partition of its own, so that a poll reads no ended one. */
export interface OpenIndex {
  add(collection: Collection): Promise<void>;
  /** Open collections, the most severe first, then the oldest; with `atMost` that many of them, whichever. */
  listOpen(atMost?: number): Promise<readonly OpenRow[]>;
  close(collectionId: string): Promise<void>;
}

/** The index of open collections kept in a table. */
export function createOpenIndex(table: TableClient): OpenIndex {
  return {
    async add({ id, severity, receivedAt, deadline }) {
      const data = JSON.stringify({ id, rank: rankSeverity(severity), receivedAt } satisfies OpenRow);
      await table.upsertEntity(
        { partitionKey: PARTITION, rowKey: id, schema: SCHEMA_VERSION, deadline, data },
        'Replace',
      );
    },
    async listOpen(atMost = Number.POSITIVE_INFINITY) {
      const rows: OpenRow[] = [];
      for await (const row of table.listEntities<Row>({
        queryOptions: { filter: odata`PartitionKey eq ${PARTITION}` },
      })) {
        if (rows.length >= atMost) break;
        rows.push(readRow(row));
      }
      return rows.sort((a, b) => b.rank - a.rank || a.receivedAt.localeCompare(b.receivedAt));
    },
    close: (collectionId) => deleteRow(table, PARTITION, collectionId),
  };
}

/** A row that cannot be read still names its collection, which must not be forgotten for it. */
function readRow(row: Row): OpenRow {
  try {
    return JSON.parse(row.data) as OpenRow;
  } catch {
    return { id: row.rowKey, rank: 0, receivedAt: '' };
  }
}
